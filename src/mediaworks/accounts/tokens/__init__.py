"""Tokens (JWT, RFC 7519) of another service that knows who its users are."""
