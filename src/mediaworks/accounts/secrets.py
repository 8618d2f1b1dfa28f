"""API keys: 256 random bits in text, kept only as their SHA-256.

A slow hash would protect guessable secrets; these cannot be guessed, and each request has to look one up.
"""

from __future__ import annotations

import hashlib
import secrets

MARK = "mw_"
PREFIX_LENGTH = len(MARK) + 6


def new_key() -> str:
    return MARK + secrets.token_urlsafe(32)


def digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
