"""Mediaworks: a self-hosted service that takes media in, keeps it safe and gives it back."""

__version__ = "0.1.0"
