"""Passwords of links, kept as their scrypt (RFC 7914) with a salt each, with the parameters that OWASP names."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os

SALT_BYTES = 16
AT_ONCE = asyncio.Semaphore(2)  # each takes 16 MiB and some tenths of a second of a core


async def digest(password: str) -> bytes:
    """Salt and hash, to be kept."""
    salt = os.urandom(SALT_BYTES)
    return salt + await _scrypt(password, salt)


async def matches(password: str, kept: bytes) -> bool:
    """Whether `kept` is the digest of this password."""
    return hmac.compare_digest(await _scrypt(password, kept[:SALT_BYTES]), kept[SALT_BYTES:])


async def _scrypt(password: str, salt: bytes) -> bytes:
    async with AT_ONCE:
        return await asyncio.to_thread(
            hashlib.scrypt, password.encode("utf-8", "surrogatepass"), salt=salt, n=2**14, r=8, p=5, dklen=32
        )
