"""What the events room keeps of a user."""
