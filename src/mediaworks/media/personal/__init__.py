"""What the media room keeps of a user."""
