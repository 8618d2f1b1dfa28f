"""Signatures of webhooks as Standard Webhooks 1.0 has them, so that receivers can use its libraries."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64


class StandardWebhook:
    """Signs with one secret, or while secrets are being changed with several: a receiver accepts any of them."""

    def __init__(self, *secrets: str) -> None:
        """Raises ValueError unless each is `whsec_` and 24 to 64 bytes in base64."""
        if not secrets:
            raise ValueError("a webhook needs a secret")
        self._keys = tuple(read_secret(secret) for secret in secrets)

    def headers(self, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
        """The three headers for `body`. A repeated message keeps its id, so that its receiver takes it once."""
        timestamp = str(int(at.timestamp()))
        signed = b".".join((message_id.encode(), timestamp.encode(), body))
        digests = (hmac.new(key, signed, hashlib.sha256).digest() for key in self._keys)
        return {
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": " ".join("v1," + base64.b64encode(digest).decode() for digest in digests),
        }


def read_secret(secret: str) -> bytes:
    """The key in `secret`. Raises ValueError with a text that does not repeat it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"must be {PREFIX} and {SHORTEST} to {LONGEST} random bytes in base64")
    return key
