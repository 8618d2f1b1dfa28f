"""Callers, from memory for a moment and else from the database."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec

from mediaworks.accounts import queries as accounts
from mediaworks.accounts import secrets
from mediaworks.accounts.callers import queries
from mediaworks.accounts.model import LOOKING, Caller, Role
from mediaworks.accounts.outsiders.model import Outsider
from mediaworks.accounts.outsiders.queries import arrive
from mediaworks.db import Database
from mediaworks.errors import NotFound, Unauthenticated
from mediaworks.kit.clock import now

REMEMBERED = 10_000
Credential = bytes | tuple[UUID, UUID | None] | str


class Callers:
    def __init__(self, database: Database, seconds: float) -> None:
        """`seconds`: how long a caller is known before the database is asked again."""
        self._database = database
        self._seconds = seconds
        self._known: dict[Credential, tuple[float, Caller]] = {}
        self._seen: dict[UUID, datetime] = {}

    async def by_key(self, key: str) -> Caller:
        """The caller behind an API key. Raises Unauthenticated when it is unknown, expired or revoked."""
        secret_hash = secrets.digest(key)
        caller = self._remembered(secret_hash) or self._remember(secret_hash, await self._of_key(secret_hash))
        if caller.key_id is not None:
            self._seen[caller.key_id] = now()
        return caller

    async def by_token(self, token: str, verify: Callable[[str], Awaitable[Outsider]]) -> Caller:
        """The caller whom a token names, once `verify` has said whom. Raises Unauthenticated."""
        digest = secrets.digest(token)
        return self._remembered(digest) or self._remember(digest, await self._of_outsider(await verify(token)))

    async def by_name(self, outsider: Outsider) -> Caller:
        """The caller who is called so by somebody whom the installation trusts. Raises Unauthenticated."""
        name = outsider.external_id
        return self._remembered(name) or self._remember(name, await self._of_outsider(outsider))

    async def by_id(self, user_id: UUID, key_id: UUID | None = None) -> Caller:
        """A user with the limits of the key that was used. Raises NotFound, and Unauthenticated when it is disabled."""
        ids = (user_id, key_id)
        return self._remembered(ids) or self._remember(ids, await self._of_user(user_id, key_id))

    def forget(self) -> None:
        """Ask the database again for every caller, because what they may do has changed."""
        self._known.clear()

    async def write_last_use(self) -> None:
        """Write down when keys were last used: once in a while, not once a request."""
        if not self._seen:
            return
        seen, self._seen = self._seen, {}
        async with self._database.transaction() as connection:
            await accounts.note_use(connection, seen)

    async def _of_key(self, secret_hash: bytes) -> Caller:
        async with self._database.reading() as connection:
            caller = await queries.caller_of_key(connection, secret_hash)
        if caller is None:
            raise Unauthenticated("The API key is unknown, expired or revoked", code="invalid_key")
        return caller

    async def _of_outsider(self, outsider: Outsider) -> Caller:
        async with self._database.transaction() as connection:
            user_id = await arrive(connection, outsider)
            caller = await queries.caller_of_user(connection, user_id)
        if caller is None:
            raise Unauthenticated("The user is gone", code="user_disabled")
        return _as_told(caller, outsider)

    async def _of_user(self, user_id: UUID, key_id: UUID | None) -> Caller:
        async with self._database.reading() as connection:
            caller = await queries.caller_of_user(connection, user_id, key_id)
        if caller is None:
            raise NotFound("There is no such user", field="user_id")
        return caller

    def _remembered(self, credential: Credential) -> Caller | None:
        known = self._known.get(credential)
        return known[1] if known is not None and known[0] >= time.monotonic() else None

    def _remember(self, credential: Credential, caller: Caller) -> Caller:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[credential] = (time.monotonic() + self._seconds, caller)
        return caller


def _as_told(caller: Caller, outsider: Outsider) -> Caller:
    """The caller with the scopes that the other service gave, as far as the role goes."""
    scopes = caller.scopes if outsider.scopes is None else outsider.scopes
    return msgspec.structs.replace(caller, scopes=scopes & LOOKING if caller.role is Role.VIEWER else scopes)
