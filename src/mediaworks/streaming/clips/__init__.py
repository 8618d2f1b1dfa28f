"""Clips without a file of their own: lists of the segments that a stretch of a recording needs."""
