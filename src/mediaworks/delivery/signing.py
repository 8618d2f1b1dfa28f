"""Signed addresses: HMAC-SHA256 over path and expiry, with keys that can be rotated.

A signed address is `{path}?expires={unix seconds}&key={key id}&signature={base64url}` to the letter: parameters in
another order, further ones, or another spelling of the same are refused.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy import func, insert, select, text

from mediaworks.db import Connection, Database
from mediaworks.delivery.tables import signing_keys
from mediaworks.errors import Forbidden, SetupError

SECRET_BYTES = 32
_LOCK = 0x7369676E


@dataclass(frozen=True, slots=True)
class Keyring:
    """The newest key signs, every key in the ring verifies. There is no ring without a key."""

    current: str
    secrets: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if self.current not in self.secrets or any(len(s) < SECRET_BYTES for s in self.secrets.values()):
            raise SetupError(f"A signing key of at least {SECRET_BYTES} bytes is needed")

    def sign(self, path: str, expires: int) -> str:
        """`path` with the query that makes it valid until `expires` (unix seconds)."""
        return f"{path}?{self._query(path, expires, self.current)}"

    def verify(self, path: str, query: str, at: float) -> None:
        """Raise Forbidden unless `query` is just what `sign` gave for this path, and has not expired."""
        given = dict(parse_qsl(query, keep_blank_values=True))
        key_id, expires = given.get("key", ""), given.get("expires", "")
        if key_id not in self.secrets or not (expires.isascii() and expires.isdigit()) or len(expires) > 12:
            raise Forbidden("The address is not signed", code="invalid_signature")
        if not hmac.compare_digest(query.encode(), self._query(path, int(expires), key_id).encode()):
            raise Forbidden("The signature does not fit the address", code="invalid_signature")
        if int(expires) < at:
            raise Forbidden("The address has expired: ask for a new one", code="link_expired")

    def _query(self, path: str, expires: int, key_id: str) -> str:
        message = f"mediaworks-v1\n{path}\n{expires}\n{key_id}".encode()
        digest = hmac.digest(self.secrets[key_id], message, "sha256")
        signature = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return f"expires={expires}&key={key_id}&signature={signature}"


async def load_keyring(database: Database) -> Keyring:
    """The keys of this installation; the first is made when there is none."""
    async with database.transaction() as connection:
        ring = await _read(connection)
        if ring is None:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            ring = await _read(connection)
        if ring is None:
            await _add_key(connection)
            ring = await _read(connection)
    if ring is None:
        raise SetupError("No signing key could be made")
    return ring


async def rotate(database: Database) -> Keyring:
    """Add a key that signs from now on. Older keys go on verifying what they signed."""
    async with database.transaction() as connection:
        await _add_key(connection)
    return await load_keyring(database)


async def _read(connection: Connection) -> Keyring | None:
    query = select(signing_keys).order_by(signing_keys.c.created_at)
    found = {row.id: row.secret for row in await connection.execute(query)}
    return Keyring(list(found)[-1], found) if found else None


async def _add_key(connection: Connection) -> None:
    values = {"id": secrets.token_hex(4), "secret": secrets.token_bytes(SECRET_BYTES)}
    await connection.execute(insert(signing_keys).values(**values, created_at=func.clock_timestamp()))
