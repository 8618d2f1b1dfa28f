"""The entrance for people at a terminal: one command a file."""
