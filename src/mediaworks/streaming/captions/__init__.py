"""Captions: those inside a recording, and those that were added to it."""
