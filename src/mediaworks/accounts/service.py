"""Keys and users: who calls is answered from memory for a moment, everything else from the database."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from mediaworks.accounts import queries, secrets
from mediaworks.accounts.config import AccountsConfig
from mediaworks.accounts.model import ApiKey, Caller, NewApiKey, Role, Scope, User
from mediaworks.accounts.policy import Policy
from mediaworks.db import Connection, Database
from mediaworks.errors import Forbidden, Invalid, QuotaExceeded, Unauthenticated
from mediaworks.kit.clock import now
from mediaworks.kit.quantities import readable_size

CACHED_KEYS = 10_000
NO_LIMITS = Policy()


class Accounts:
    def __init__(self, database: Database, config: AccountsConfig) -> None:
        self._database = database
        self._config = config
        self._callers: dict[bytes, tuple[float, Caller]] = {}
        self._seen: dict[UUID, datetime] = {}

    async def authenticate(self, key: str) -> Caller:
        """The caller behind an API key. Raises Unauthenticated when it is unknown, expired or revoked."""
        secret_hash = secrets.digest(key)
        cached = self._callers.get(secret_hash)
        if cached is None or cached[0] < time.monotonic():
            cached = (time.monotonic() + self._config.key_cache_seconds, await self._look_up(secret_hash))
            if len(self._callers) >= CACHED_KEYS:
                self._callers.clear()
            self._callers[secret_hash] = cached
        caller = cached[1]
        if caller.key_id is not None:
            self._seen[caller.key_id] = now()
        return caller

    async def _look_up(self, secret_hash: bytes) -> Caller:
        async with self._database.reading() as connection:
            caller = await queries.caller_of(connection, secret_hash)
        if caller is None:
            self._callers.pop(secret_hash, None)
            raise Unauthenticated("The API key is unknown, expired or revoked", code="invalid_key")
        return caller

    async def create_user(self, *, name: str, role: Role, quota_bytes: int | None = None) -> User:
        """Raises Conflict when the name is taken."""
        async with self._database.transaction() as connection:
            return await queries.insert_user(connection, name=name, role=role, quota_bytes=quota_bytes)

    async def users(self) -> list[User]:
        async with self._database.reading() as connection:
            return await queries.all_users(connection)

    async def create_key(
        self,
        by: Caller,
        *,
        name: str,
        user_id: UUID | None,
        scopes: Iterable[Scope] | None,
        expires_at: datetime | None,
        policy: Policy = NO_LIMITS,
    ) -> NewApiKey:
        """A key for the caller, or for another user when an administrator asks.

        Nobody hands out more than they have: raises Forbidden for a scope that the caller's own key lacks; the limits of
        that key hold for the new one as well, unless an administrator makes it.
        """
        owner = user_id or by.user_id
        if owner != by.user_id:
            by.require_admin()
        wanted = frozenset(scopes) if scopes is not None else by.scopes
        if not wanted <= by.scopes:
            excess = ", ".join(queries.scope_values(wanted - by.scopes))
            raise Forbidden(f"Your own key lacks {excess}", code="missing_scope", field="scopes")
        if expires_at is not None and expires_at <= now():
            raise Invalid("expires_at: must lie in the future", field="expires_at")
        async with self._database.transaction() as connection:
            await queries.user_by_id(connection, owner)
            limits = policy if by.is_admin else policy.within(by.policy)
            return await _new_key(connection, owner, name=name, scopes=wanted, expires_at=expires_at, policy=limits)

    async def keys(self, by: Caller) -> list[ApiKey]:
        """The caller's keys; every key for an administrator."""
        async with self._database.reading() as connection:
            return await queries.keys_of(connection, None if by.is_admin else by.user_id)

    async def revoke(self, by: Caller, key_id: UUID) -> ApiKey:
        """End a key at once here, within `key_cache_seconds` in other processes. Raises NotFound."""
        async with self._database.transaction() as connection:
            revoked = await queries.revoke_key(connection, key_id, None if by.is_admin else by.user_id)
        self._callers.clear()
        return revoked

    async def policies(self, by: Caller) -> dict[Role, Policy]:
        """The limits of each role that has any. Raises Forbidden unless an administrator asks."""
        by.require_admin()
        async with self._database.reading() as connection:
            found = await queries.policies_by_role(connection)
        return {role: policy for role, policy in found.items() if policy != NO_LIMITS}

    async def put_policy(self, by: Caller, role: Role, policy: Policy) -> None:
        """Limit a role; at once here, within `key_cache_seconds` in other processes. Raises Forbidden."""
        by.require_admin()
        async with self._database.transaction() as connection:
            await queries.put_policy(connection, role, policy)
        self._callers.clear()

    async def require_room(self, caller: Caller, size: int) -> None:
        """Raise QuotaExceeded when `size` more bytes would not fit. The last word is `queries.charge` at the end."""
        limits = (caller.quota_bytes or self._config.default_quota, caller.policy.quota_bytes)
        limit = min((limit for limit in limits if limit), default=0)
        if not limit:
            return
        async with self._database.reading() as connection:
            used = await queries.used_bytes(connection, caller.user_id)
        if used + size > limit:
            raise QuotaExceeded(
                f"{readable_size(used)} of the quota of {readable_size(limit)} are used; {readable_size(size)} do not fit",
                used_bytes=used,
                quota_bytes=limit,
            )

    async def charge(self, connection: Connection, user_id: UUID, size: int, quota: int | None = None) -> None:
        """Count `size` bytes to their owner in the caller's transaction. Raises QuotaExceeded; `quota`: that of the key
        with which the bytes came, beside the owner's."""
        await queries.charge(connection, user_id, size, self._config.default_quota, quota)

    async def write_last_use(self) -> None:
        """Write down when keys were last used: once in a while, not once a request."""
        if not self._seen:
            return
        seen, self._seen = self._seen, {}
        async with self._database.transaction() as connection:
            await queries.note_use(connection, seen)


async def make_first_admin(database: Database, key_file: Path) -> str | None:
    """On an empty database make the user `admin` and a key, kept in `key_file` (mode 0600); the key, or None later.

    The file is there before the key is valid, so a crash in between costs nothing: the next start makes both anew.
    """
    async with database.transaction() as connection:
        if await queries.has_users(connection):
            return None
        admin = await queries.insert_user(connection, name="admin", role=Role.ADMIN, quota_bytes=None)
        made = await _new_key(connection, admin.id, name="first key", scopes=frozenset(Scope), expires_at=None)
        _write_private(key_file, made.key)
    return made.key


async def _new_key(
    connection: Connection,
    owner: UUID,
    *,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None,
    policy: Policy = NO_LIMITS,
) -> NewApiKey:
    key = secrets.new_key()
    values = {
        "user_id": owner,
        "name": name,
        "secret_hash": secrets.digest(key),
        "prefix": key[: secrets.PREFIX_LENGTH],
        "scopes": queries.scope_values(scopes),
        "expires_at": expires_at,
        "policy": msgspec.to_builtins(policy),
    }
    made = await queries.insert_key(connection, values)
    return NewApiKey(**msgspec.structs.asdict(made), key=key)


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
