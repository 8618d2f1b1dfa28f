"""Addresses by which anybody may have a media object: for a while, so many times, with a password."""
