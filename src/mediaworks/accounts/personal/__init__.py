"""What the accounts keep of a user."""
