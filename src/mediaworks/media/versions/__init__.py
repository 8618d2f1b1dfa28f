"""What a media object was before: each version's bytes stay until it is removed."""
