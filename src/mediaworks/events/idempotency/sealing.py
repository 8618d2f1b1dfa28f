"""Answers as they are kept: encrypted with the key of their request, of which only a hash is known here.

An answer may show a secret this once (a new API key); who reads the database does not read it there.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mediaworks.events.idempotency.model import Answer

NONCE_BYTES = 12


def hash_of(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def seal(key: str, answer: Answer) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, msgspec.msgpack.encode(answer), None)


def unseal(key: str, sealed: bytes) -> Answer:
    plain = _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    return msgspec.msgpack.decode(plain, type=Answer)


def _cipher(key: str) -> AESGCM:
    return AESGCM(hmac.digest(key.encode(), b"mediaworks idempotency answer", "sha256"))
