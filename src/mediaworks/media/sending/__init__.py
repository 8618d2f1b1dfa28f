"""Sending bytes as HTTP wants it: whole, in part, or not again."""
