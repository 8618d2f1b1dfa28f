"""The callers in the database: behind a key, or by the id of a user."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from mediaworks.accounts.allowances.model import Allotment, Holder
from mediaworks.accounts.bounds import bounds_of
from mediaworks.accounts.groups.tables import group_members, groups
from mediaworks.accounts.model import EVERYDAY, LOOKING, Caller, Role, Scope
from mediaworks.accounts.policy import Policy
from mediaworks.accounts.tables import api_keys, policies, users
from mediaworks.db import Connection
from mediaworks.errors import Unauthenticated

_NONE = cast({}, JSONB)
_GROUPS = (
    select(func.coalesce(func.jsonb_object_agg(cast(groups.c.id, Text), groups.c.policy), _NONE))
    .join_from(group_members, groups)
    .where(group_members.c.user_id == users.c.id)
    .scalar_subquery()
)
_parents = api_keys.alias()
_PARENTS = (
    select(func.coalesce(func.jsonb_object_agg(cast(_parents.c.id, Text), _parents.c.policy), _NONE))
    .where(_parents.c.id == func.any(api_keys.c.made_with))
    .scalar_subquery()
)
_LIVE = api_keys.c.revoked_at.is_(None) & (api_keys.c.expires_at.is_(None) | (api_keys.c.expires_at > func.now()))


def _query(*more: Any) -> Select[Any]:
    return select(
        users.c.id,
        users.c.role,
        users.c.quota_bytes,
        users.c.disabled_at,
        users.c.policy.label("user_policy"),
        policies.c.policy.label("role_policy"),
        _GROUPS.label("groups"),
        *more,
    )


_OF_KEY = (
    api_keys.c.id.label("key_id"),
    api_keys.c.scopes,
    api_keys.c.policy.label("key_policy"),
    api_keys.c.allowed_origins,
    api_keys.c.allowed_addresses,
    _PARENTS.label("parents"),
)
_WITH_ROLE = policies.c.role == users.c.role
_BY_KEY = (
    _query(*_OF_KEY)
    .join_from(api_keys, users)
    .outerjoin(policies, _WITH_ROLE)
    .where(api_keys.c.secret_hash == bindparam("secret_hash"), _LIVE)
)
_BY_USER = (
    _query(*_OF_KEY)
    .join_from(users, api_keys, api_keys.c.id == bindparam("key_id"), isouter=True)
    .outerjoin(policies, _WITH_ROLE)
    .where(users.c.id == bindparam("user_id"))
)


async def caller_of_key(connection: Connection, secret_hash: bytes) -> Caller | None:
    """The caller whose live key has this hash. Raises Unauthenticated when the user was disabled."""
    row = (await connection.execute(_BY_KEY, {"secret_hash": secret_hash})).one_or_none()
    return None if row is None else _caller(row)


async def caller_of_user(connection: Connection, user_id: UUID, key_id: UUID | None = None) -> Caller | None:
    """A user as a caller, with the limits of a key (live or not), and what a user does every day as scopes.

    Raises Unauthenticated when the user was disabled.
    """
    row = (await connection.execute(_BY_USER, {"user_id": user_id, "key_id": key_id})).one_or_none()
    return None if row is None else _caller(row)


def _caller(row: Any) -> Caller:
    if row.disabled_at is not None:
        raise Unauthenticated("The user is disabled", code="user_disabled")
    scopes = EVERYDAY if row.key_id is None else frozenset(Scope(s) for s in row.scopes)
    policy = _policy(row.key_policy or {}).within(_policy(row.user_policy)).within(_policy(row.role_policy or {}))
    for of_group in row.groups.values():
        policy = policy.within(_policy(of_group))
    return Caller(
        user_id=row.id,
        role=Role(row.role),
        scopes=scopes & LOOKING if row.role == Role.VIEWER else scopes,
        key_id=row.key_id,
        quota_bytes=row.quota_bytes,
        policy=policy,
        groups=frozenset(map(UUID, row.groups)),
        allowances=tuple(_allotments(row)),
        bounds=bounds_of(row.allowed_origins or (), row.allowed_addresses or ()),
    )


def _allotments(row: Any) -> Iterator[Allotment]:
    yield from of_policy(Holder.KEY, row.key_id, row.key_policy or {})
    yield from _of_each(Holder.KEY, row.parents or {})
    yield from of_policy(Holder.USER, row.id, row.user_policy)
    yield from of_policy(Holder.ROLE, row.id, row.role_policy or {})
    yield from _of_each(Holder.GROUP, row.groups)


def of_policy(holder: Holder, holder_id: Any, policy: Mapping[str, Any]) -> Iterable[Allotment]:
    """What a stored policy allots to its holder."""
    if not policy:
        return ()
    return [
        Allotment(holder, str(holder_id), resource, allowance.amount, allowance.seconds)
        for resource, allowance in _policy(policy).allowances()
    ]


def _of_each(holder: Holder, found: Mapping[str, Any]) -> Iterator[Allotment]:
    for holder_id, policy in found.items():
        yield from of_policy(holder, holder_id, policy)


def _policy(stored: Mapping[str, Any]) -> Policy:
    return msgspec.convert(stored, Policy)
