"""The shape of a sound, as players draw it."""
