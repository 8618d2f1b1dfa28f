"""Ground floor: small things that know nothing of media."""
