"""Pictures that look alike: fingerprints, searches among them, near-duplicates."""
