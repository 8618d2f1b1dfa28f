"""Media objects shared with users and groups."""
