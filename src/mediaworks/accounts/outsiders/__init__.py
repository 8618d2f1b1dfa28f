"""Users of other services: whom a token or a trusted proxy names, and how they come to be users here."""
