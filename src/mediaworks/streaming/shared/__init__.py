"""Segments in the storage: what one machine has made, the others need not make again."""
