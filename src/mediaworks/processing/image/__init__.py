"""Pictures, by libvips."""
