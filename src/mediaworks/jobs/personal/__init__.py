"""What the jobs keep of a user."""
