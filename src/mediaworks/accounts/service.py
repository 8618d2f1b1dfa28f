"""Users, their limits and their quotas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import queries
from mediaworks.accounts.allowances.in_postgres import PostgresBuckets
from mediaworks.accounts.allowances.model import Resource
from mediaworks.accounts.allowances.service import Allowances
from mediaworks.accounts.callers.service import Callers
from mediaworks.accounts.config import AccountsConfig
from mediaworks.accounts.keys import ApiKeys
from mediaworks.accounts.model import Caller, Role, Room, User, UserChanges
from mediaworks.accounts.policy import NO_LIMITS, Policy
from mediaworks.accounts.tokens.verifying import Tokens
from mediaworks.db import Connection, Database
from mediaworks.errors import Conflict, Invalid, NotFound, Unauthenticated
from mediaworks.kit.clock import now

NAME_LENGTH = 255


class Accounts:
    """`tokens` is None where nobody's tokens are taken; `allowances` are counted in PostgreSQL when left out."""

    def __init__(
        self,
        database: Database,
        config: AccountsConfig,
        *,
        tokens: Tokens | None = None,
        allowances: Allowances | None = None,
    ) -> None:
        self.config = config
        self.tokens = tokens
        self.allowances = allowances or Allowances(PostgresBuckets(database))
        self.callers = Callers(database, config.key_cache_seconds)
        self.api_keys = ApiKeys(database, self.forget_callers)
        self._database = database

    async def authenticate(self, key: str) -> Caller:
        """The caller behind an API key. Raises Unauthenticated when it is unknown, expired or revoked."""
        return await self.callers.by_key(key)

    def forget_callers(self) -> None:
        """Look every caller up again, because what they may do has changed."""
        self.callers.forget()

    async def create_user(self, *, name: str, role: Role, quota_bytes: int | None = None) -> User:
        """Raises Conflict when the name is taken."""
        async with self._database.transaction() as connection:
            return await queries.insert_user(connection, name=name, role=role, quota_bytes=quota_bytes)

    async def users(self) -> list[User]:
        async with self._database.reading() as connection:
            return await queries.all_users(connection)

    async def user(self, by: Caller, user_id: UUID) -> User:
        """Oneself, or anybody for an administrator. Raises NotFound otherwise."""
        if user_id != by.user_id and not by.is_admin:
            raise NotFound("There is no such user", field="user_id")
        async with self._database.reading() as connection:
            return await queries.user_by_id(connection, user_id)

    async def change_user(self, by: Caller, user_id: UUID, changes: UserChanges) -> User:
        """At once here, within `key_cache_seconds` in other processes.

        Raises Forbidden unless an administrator asks, NotFound, Invalid, Conflict when the name is taken or nobody would be
        left to administer.
        """
        by.require_admin()
        values = _columns(changes)
        async with self._database.transaction() as connection:
            await _keep_an_admin(connection, user_id, values)
            user = await queries.update_user(connection, user_id, values)
        self.forget_callers()
        return user

    async def put_user_policy(self, by: Caller, user_id: UUID, policy: Policy) -> None:
        """Limit one user, in place of the limits before. Raises Forbidden, NotFound."""
        by.require_admin()
        async with self._database.transaction() as connection:
            await queries.update_user(connection, user_id, {"policy": msgspec.to_builtins(policy)})
        self.forget_callers()

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
        self.forget_callers()

    async def room(self, caller: Caller) -> Room:
        """How much the caller keeps, and may keep."""
        limits = (caller.quota_bytes or self.config.default_quota, caller.policy.quota_bytes)
        limit = min((limit for limit in limits if limit), default=0)
        if not limit:
            return Room(0, 0)
        async with self._database.reading() as connection:
            return Room(await queries.used_bytes(connection, caller.user_id), limit)

    async def require_room(self, caller: Caller, size: int) -> None:
        """Raise QuotaExceeded when `size` more bytes would not fit, RateLimited when an allowance for uploads or for
        their processing is used up. The last word on the quota is `queries.charge` at the end."""
        if caller.allowances:
            await self.allowances.require(caller.allowances, size)
        (await self.room(caller)).require(size)

    async def charge(self, connection: Connection, user_id: UUID, size: int, quota: int | None = None) -> None:
        """Count `size` bytes to their owner in the caller's transaction. Raises QuotaExceeded; `quota`: that of the key
        with which the bytes came, beside the owner's."""
        await queries.charge(connection, user_id, size, self.config.default_quota, quota)

    async def note_use(self, user_id: UUID, key_id: UUID | None, used: Mapping[Resource, float]) -> None:
        """Count what was done for a user to the allowances of the user and of the key that asked for it."""
        try:
            caller = await self.callers.by_id(user_id, key_id)
        except (NotFound, Unauthenticated):
            return
        for resource, count in used.items():
            await self.allowances.charge(caller.allowances, resource, count)

    async def require_left(self, user_id: UUID, resource: Resource) -> None:
        """Raise RateLimited when an allowance of the user for this resource is used up."""
        try:
            caller = await self.callers.by_id(user_id)
        except (NotFound, Unauthenticated):
            return
        await self.allowances.require([each for each in caller.allowances if each.resource is resource], 0)

    async def write_last_use(self) -> None:
        """Write down when keys were last used: once in a while, not once a request."""
        await self.callers.write_last_use()

    async def close(self) -> None:
        await self.allowances.close()


def _columns(changes: UserChanges) -> dict[str, Any]:
    """Raises Invalid."""
    values = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not msgspec.UNSET}
    if "name" in values and not (0 < len(values["name"]) <= NAME_LENGTH and values["name"].isprintable()):
        raise Invalid(f"name: needs 1 to {NAME_LENGTH} printable characters", field="name", limit=NAME_LENGTH)
    if (values.get("quota_bytes") or 0) < 0:
        raise Invalid("quota_bytes: must not be negative", field="quota_bytes")
    if "disabled" in values:
        values["disabled_at"] = now() if values.pop("disabled") else None
    return values


async def _keep_an_admin(connection: Connection, user_id: UUID, values: Mapping[str, Any]) -> None:
    leaves = values.get("role", Role.ADMIN) is not Role.ADMIN or values.get("disabled_at") is not None
    if leaves and await queries.is_last_admin(connection, user_id):
        raise Conflict("The last administrator cannot go: make another one first", code="last_admin")
