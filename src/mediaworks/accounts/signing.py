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
from datetime import timedelta
from urllib.parse import parse_qsl

from sqlalchemy import func, insert, select, text

from mediaworks.accounts.tables import signing_keys
from mediaworks.db import Connection, Database
from mediaworks.errors import Forbidden, SetupError

SECRET_BYTES = 32
REFRESH_SECONDS = 10.0
SPREAD_SECONDS = 30.0  # until every process has read a new key, nobody signs with it
_LOCK = 0x7369676E


@dataclass(frozen=True, slots=True)
class Keyring:
    """One key signs, every key in the ring verifies. There is no ring without a key."""

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


async def rotate(database: Database) -> str:
    """Add a key, which signs once every process knows it (30 s); its id. Older keys go on verifying what they signed."""
    async with database.transaction() as connection:
        return await _add_key(connection)


async def _read(connection: Connection) -> Keyring | None:
    known = signing_keys.c.created_at < func.now() - timedelta(seconds=SPREAD_SECONDS)
    query = select(signing_keys.c.id, signing_keys.c.secret, known.label("known")).order_by(signing_keys.c.created_at)
    rows = (await connection.execute(query)).all()
    if not rows:
        return None
    current = next((row.id for row in reversed(rows) if row.known), rows[0].id)
    return Keyring(current, {row.id: row.secret for row in rows})


async def _add_key(connection: Connection) -> str:
    key_id = secrets.token_hex(4)
    values = {"id": key_id, "secret": secrets.token_bytes(SECRET_BYTES), "created_at": func.clock_timestamp()}
    await connection.execute(insert(signing_keys).values(values))
    return key_id
