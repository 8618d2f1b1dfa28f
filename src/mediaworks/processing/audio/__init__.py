"""Sound: how it is understood, changed, measured, drawn."""
