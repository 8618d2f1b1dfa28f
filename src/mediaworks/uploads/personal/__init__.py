"""What the uploads keep of a user."""
