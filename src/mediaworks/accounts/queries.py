from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, BigInteger, DateTime, Row, Uuid, bindparam, cast, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from mediaworks.accounts.model import ApiKey, Role, Scope, User
from mediaworks.accounts.policy import Policy
from mediaworks.accounts.tables import api_keys, policies, users
from mediaworks.db import Connection
from mediaworks.errors import Conflict, NotFound, QuotaExceeded
from mediaworks.kit.ids import new_id
from mediaworks.kit.quantities import readable_size


async def has_users(connection: Connection) -> bool:
    return (await connection.execute(select(users.c.id).limit(1))).first() is not None


async def insert_user(connection: Connection, *, name: str, role: Role, quota_bytes: int | None) -> User:
    """Raises Conflict when the name is taken."""
    values = {"id": new_id(), "name": name, "role": role.value, "quota_bytes": quota_bytes}
    try:
        row = (await connection.execute(insert(users).values(values).returning(users))).one()
    except IntegrityError as taken:
        raise Conflict(f"There is already a user named {name!r}", code="name_taken", field="name") from taken
    return _user(row)


async def user_by_id(connection: Connection, user_id: UUID) -> User:
    row = (await connection.execute(select(users).where(users.c.id == user_id))).one_or_none()
    if row is None:
        raise NotFound("There is no such user", field="user_id")
    return _user(row)


async def update_user(connection: Connection, user_id: UUID, values: Mapping[str, Any]) -> User:
    """The user as it is then. Raises NotFound, Conflict when the name is taken."""
    if not values:
        return await user_by_id(connection, user_id)
    query = update(users).where(users.c.id == user_id).values(**values).returning(users)
    try:
        row = (await connection.execute(query)).one_or_none()
    except IntegrityError as taken:
        name = values.get("name")
        raise Conflict(f"There is already a user named {name!r}", code="name_taken", field="name") from taken
    if row is None:
        raise NotFound("There is no such user", field="user_id")
    return _user(row)


async def is_last_admin(connection: Connection, user_id: UUID) -> bool:
    """Whether nobody else would be left to administer; asked by one transaction at a time."""
    query = select(users.c.id).where(users.c.role == Role.ADMIN.value, users.c.disabled_at.is_(None))
    return set((await connection.execute(query.with_for_update())).scalars()) == {user_id}


async def all_users(connection: Connection) -> list[User]:
    return [_user(row) for row in await connection.execute(select(users).order_by(users.c.id))]


async def insert_key(connection: Connection, values: Mapping[str, Any]) -> ApiKey:
    row = (await connection.execute(insert(api_keys).values(id=new_id(), **values).returning(api_keys))).one()
    return _key(row)


async def key_by_id(connection: Connection, key_id: UUID, user_id: UUID | None = None) -> ApiKey:
    """A key that was not revoked (of `user_id` only, when given), locked. Raises NotFound."""
    query = select(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None)).with_for_update()
    if user_id is not None:
        query = query.where(api_keys.c.user_id == user_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such key")
    return _key(row)


async def update_key(connection: Connection, key_id: UUID, values: Mapping[str, Any]) -> ApiKey:
    query = update(api_keys).where(api_keys.c.id == key_id).values(**values).returning(api_keys)
    return _key((await connection.execute(query)).one())


async def keys_of(connection: Connection, user_id: UUID | None) -> list[ApiKey]:
    """The keys of one user, or of all."""
    query = select(api_keys).order_by(api_keys.c.id)
    if user_id is not None:
        query = query.where(api_keys.c.user_id == user_id)
    return [_key(row) for row in await connection.execute(query)]


async def revoke_key(connection: Connection, key_id: UUID, user_id: UUID | None) -> ApiKey:
    """Revoke a key (of `user_id` only, when given). Raises NotFound."""
    query = update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    if user_id is not None:
        query = query.where(api_keys.c.user_id == user_id)
    row = (await connection.execute(query.values(revoked_at=func.now()).returning(api_keys))).one_or_none()
    if row is None:
        raise NotFound("There is no such key")
    return _key(row)


async def charge(
    connection: Connection, user_id: UUID, size: int, default_quota: int, quota: int | None = None
) -> None:
    """Count `size` bytes (negative: give back) to their owner. Raises QuotaExceeded over the owner's quota, the role's
    or `quota`, and for a user whose account is closed; then nothing changes."""
    own = func.coalesce(func.nullif(users.c.quota_bytes, 0), func.nullif(default_quota, 0))
    of_role = select(policies.c.policy["quota_bytes"].as_integer()).where(policies.c.role == users.c.role)
    limit = func.least(own, of_role.scalar_subquery(), cast(quota, BigInteger))
    query = update(users).where(users.c.id == user_id).values(used_bytes=users.c.used_bytes + size)
    if size > 0:
        query = query.where(users.c.disabled_at.is_(None), limit.is_(None) | (users.c.used_bytes + size <= limit))
    if (await connection.execute(query)).rowcount == 0:
        raise QuotaExceeded(f"Another {readable_size(size)} would go over the owner's quota", size_bytes=size)


async def used_bytes(connection: Connection, user_id: UUID) -> int:
    return int((await connection.execute(select(users.c.used_bytes).where(users.c.id == user_id))).scalar_one())


_TOUCH = text(
    "UPDATE api_keys SET last_used_at = seen.at FROM unnest(:ids, :moments) AS seen(id, at)"
    " WHERE api_keys.id = seen.id AND (last_used_at IS NULL OR last_used_at < seen.at)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("moments", type_=ARRAY(DateTime(timezone=True))))


async def note_use(connection: Connection, seen: Mapping[UUID, datetime]) -> None:
    """Write when each key was last used."""
    await connection.execute(_TOUCH, {"ids": list(seen), "moments": list(seen.values())})


async def policies_by_role(connection: Connection) -> dict[Role, Policy]:
    return {Role(row.role): _policy(row.policy) for row in await connection.execute(select(policies))}


async def put_policy(connection: Connection, role: Role, policy: Policy) -> None:
    written = {"role": role.value, "policy": msgspec.to_builtins(policy)}
    query = upsert(policies).values(written)
    await connection.execute(
        query.on_conflict_do_update(index_elements=[policies.c.role], set_={"policy": written["policy"]})
    )


def scope_values(scopes: Iterable[Scope]) -> list[str]:
    return sorted(scope.value for scope in scopes)


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        quota_bytes=row.quota_bytes,
        used_bytes=row.used_bytes,
        created_at=row.created_at,
        external_id=row.external_id,
        policy=_policy(row.policy),
        disabled_at=row.disabled_at,
    )


def _policy(stored: dict[str, Any]) -> Policy:
    return msgspec.convert(stored, Policy)


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(Scope(s) for s in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        policy=_policy(row.policy),
        allowed_origins=tuple(row.allowed_origins),
        allowed_addresses=tuple(row.allowed_addresses),
        made_with=tuple(row.made_with),
    )
