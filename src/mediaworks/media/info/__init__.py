"""What is known of a file beside its metadata."""
