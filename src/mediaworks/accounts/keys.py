"""API keys: made, listed, changed, ended."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import queries, secrets
from mediaworks.accounts.bounds import checked_addresses, checked_origins
from mediaworks.accounts.model import ApiKey, Caller, KeyChanges, NewApiKey, Role, Scope
from mediaworks.accounts.policy import NO_LIMITS, Policy
from mediaworks.accounts.tightening import check_tightening
from mediaworks.db import Connection, Database
from mediaworks.errors import Forbidden, Invalid
from mediaworks.kit.clock import now
from mediaworks.kit.moments import in_utc


class ApiKeys:
    def __init__(self, database: Database, forget_callers: Callable[[], None]) -> None:
        """`forget_callers` is called when a key was ended or changed."""
        self._database = database
        self._forget_callers = forget_callers

    async def create(
        self,
        by: Caller,
        *,
        name: str,
        user_id: UUID | None,
        scopes: Iterable[Scope] | None,
        expires_at: datetime | None,
        policy: Policy = NO_LIMITS,
        allowed_origins: Iterable[str] = (),
        allowed_addresses: Iterable[str] = (),
    ) -> NewApiKey:
        """A key for the caller, or for another user when an administrator asks.

        Nobody hands out more than they have: raises Forbidden for what the caller's own key may not do; limits, expiry
        and bounds of that key hold for the new one as well, unless an administrator makes it.
        """
        owner = user_id or by.user_id
        if owner != by.user_id:
            by.require_admin()
        wanted = frozenset(scopes) if scopes is not None else by.scopes
        if not wanted <= by.scopes:
            excess = ", ".join(queries.scope_values(wanted - by.scopes))
            raise Forbidden(f"Your own key lacks {excess}", code="missing_scope", field="scopes")
        values = _checked(
            KeyChanges(
                name=name,
                scopes=tuple(sorted(wanted)),
                expires_at=expires_at,
                policy=policy,
                allowed_origins=tuple(allowed_origins),
                allowed_addresses=tuple(allowed_addresses),
            )
        )
        async with self._database.transaction() as connection:
            await queries.user_by_id(connection, owner)
            if not by.is_admin and by.key_id is not None:
                values = _inherited(await queries.key_by_id(connection, by.key_id), values)
            return await _new_key(connection, owner, values)

    async def list(self, by: Caller) -> list[ApiKey]:
        """The caller's keys; every key for an administrator."""
        async with self._database.reading() as connection:
            return await queries.keys_of(connection, None if by.is_admin else by.user_id)

    async def change(self, by: Caller, key_id: UUID, changes: KeyChanges) -> ApiKey:
        """Change a key that was not revoked; at once here, within `key_cache_seconds` in other processes.

        Raises NotFound, Invalid, and Forbidden when somebody else than an administrator gives a key more than it has.
        """
        values = _checked(changes)
        async with self._database.transaction() as connection:
            key = await queries.key_by_id(connection, key_id, None if by.is_admin else by.user_id)
            if not by.is_admin:
                check_tightening(key, changes)
            changed = await queries.update_key(connection, key_id, values) if values else key
        self._forget_callers()
        return changed

    async def revoke(self, by: Caller, key_id: UUID) -> ApiKey:
        """End a key at once here, within `key_cache_seconds` in other processes. Raises NotFound."""
        async with self._database.transaction() as connection:
            revoked = await queries.revoke_key(connection, key_id, None if by.is_admin else by.user_id)
        self._forget_callers()
        return revoked


async def make_first_admin(database: Database, key_file: Path) -> str | None:
    """On an empty database make the user `admin` and a key, kept in `key_file` (mode 0600); the key, or None later.

    The file is there before the key is valid, so a crash in between costs nothing: the next start makes both anew.
    """
    async with database.transaction() as connection:
        if await queries.has_users(connection):
            return None
        admin = await queries.insert_user(connection, name="admin", role=Role.ADMIN, quota_bytes=None)
        made = await _new_key(connection, admin.id, {"name": "first key", "scopes": queries.scope_values(Scope)})
        _write_private(key_file, made.key)
    return made.key


async def _new_key(connection: Connection, owner: UUID, values: dict[str, Any]) -> NewApiKey:
    key = secrets.new_key()
    kept = {"user_id": owner, "secret_hash": secrets.digest(key), "prefix": key[: secrets.PREFIX_LENGTH]}
    made = await queries.insert_key(connection, values | kept)
    return NewApiKey(**msgspec.structs.asdict(made), key=key)


def _checked(changes: KeyChanges) -> dict[str, Any]:
    """The columns to write. Raises Invalid."""
    values = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not msgspec.UNSET}
    moment = in_utc(values.get("expires_at"), "expires_at")
    if moment is not None and moment <= now():
        raise Invalid("expires_at: must lie in the future", field="expires_at")
    if "scopes" in values:
        values["scopes"] = queries.scope_values(values["scopes"])
    if "policy" in values:
        values["policy"] = msgspec.to_builtins(values["policy"])
    if "allowed_origins" in values:
        values["allowed_origins"] = list(checked_origins(values["allowed_origins"]))
    if "allowed_addresses" in values:
        values["allowed_addresses"] = list(checked_addresses(values["allowed_addresses"]))
    return values


def _inherited(parent: ApiKey, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a key that is made with another: what was not asked for is the parent's. Raises Forbidden for more."""
    asked = msgspec.convert(values, KeyChanges)
    given = KeyChanges(
        expires_at=asked.expires_at or parent.expires_at,
        allowed_origins=asked.allowed_origins or parent.allowed_origins,
        allowed_addresses=asked.allowed_addresses or parent.allowed_addresses,
    )
    check_tightening(parent, given)
    policy = NO_LIMITS if asked.policy is msgspec.UNSET else asked.policy
    limits = {"policy": msgspec.to_builtins(policy.within(parent.policy)), "made_with": [*parent.made_with, parent.id]}
    return values | _checked(given) | limits


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
