from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Row, Select, Uuid, cast, delete, func, insert, select, update

from mediaworks.accounts.groups.tables import group_members
from mediaworks.accounts.model import Role
from mediaworks.accounts.tables import users
from mediaworks.db import Connection
from mediaworks.errors import Invalid, NotFound
from mediaworks.events.tables import event_counter
from mediaworks.events.wanted import types_like
from mediaworks.events.webhooks.model import Listener, Secret, Webhook, Whose
from mediaworks.events.webhooks.tables import webhooks

_EVERYBODY = (Role.ADMIN.value, Role.SERVICE.value)


async def insert_webhook(connection: Connection, values: Mapping[str, Any], limit: int) -> Webhook | None:
    """The endpoint, which hears what happens from now on; None when its owner has `limit` of them."""
    owner = values["user_id"]
    await connection.execute(select(users.c.id).where(users.c.id == owner).with_for_update(key_share=True))
    count = select(func.count()).where(webhooks.c.user_id == owner)
    if (await connection.execute(count)).scalar_one() >= limit:
        return None
    last = select(event_counter.c.last).scalar_subquery()
    made = insert(webhooks).values(**values, after_sequence=last).returning(webhooks)
    return _webhook((await connection.execute(made)).one())


async def list_webhooks(connection: Connection, *, owner: UUID | None, after: UUID | None, limit: int) -> list[Webhook]:
    """The endpoints of a user (of everybody: None) in the order in which they were made."""
    query = _of(owner, select(webhooks)).order_by(webhooks.c.id).limit(limit)
    if after is not None:
        query = query.where(webhooks.c.id > after)
    return [_webhook(row) for row in await connection.execute(query)]


async def webhook_by_id(connection: Connection, webhook_id: UUID, owner: UUID | None) -> Webhook:
    """Raises NotFound when there is none, or none of `owner` (None: anybody)."""
    return _webhook(await _one(connection, _of(owner, select(webhooks)), webhook_id))


async def secrets_of(connection: Connection, webhook_id: UUID, owner: UUID | None) -> tuple[Secret, ...]:
    """Its secrets, the newest first, which nobody else changes until the transaction ends. Raises NotFound."""
    row = await _one(connection, _of(owner, select(webhooks)).with_for_update(key_share=True), webhook_id)
    return msgspec.convert(row.secrets, tuple[Secret, ...])


async def update_webhook(
    connection: Connection, webhook_id: UUID, owner: UUID | None, values: Mapping[str, Any]
) -> Webhook:
    """Raises NotFound."""
    query = update(webhooks).where(webhooks.c.id == webhook_id)
    if owner is not None:
        query = query.where(webhooks.c.user_id == owner)
    row = (await connection.execute(query.values(**values).returning(webhooks))).one_or_none()
    if row is None:
        raise no_such_webhook()
    return _webhook(row)


async def delete_webhook(connection: Connection, webhook_id: UUID, owner: UUID | None) -> None:
    """With its log. Raises NotFound."""
    query = delete(webhooks).where(webhooks.c.id == webhook_id)
    if owner is not None:
        query = query.where(webhooks.c.user_id == owner)
    if (await connection.execute(query)).rowcount == 0:
        raise no_such_webhook()


async def listeners(connection: Connection, among: Iterable[UUID] | None = None) -> list[Listener]:
    """The endpoints that are enabled, or those of these ids; roles and groups of their owners are those of now."""
    groups = select(func.coalesce(func.array_agg(group_members.c.group_id), cast([], ARRAY(Uuid))))
    query = select(
        webhooks,
        users.c.role,
        groups.where(group_members.c.user_id == users.c.id).scalar_subquery().label("groups"),
    ).join_from(webhooks, users)
    if among is None:
        query = query.where(webhooks.c.disabled_at.is_(None), users.c.disabled_at.is_(None))
    else:
        query = query.where(webhooks.c.id.in_(among))
    return [_listener(row) for row in await connection.execute(query)]


def webhook_rows(user_id: UUID) -> Select[Any]:
    """Without secrets."""
    shown = [column for column in webhooks.c if column is not webhooks.c.secrets]
    return select(*shown).where(webhooks.c.user_id == user_id)


async def delete_all_of(connection: Connection, user_id: UUID) -> None:
    await connection.execute(delete(webhooks).where(webhooks.c.user_id == user_id))


def no_such_webhook() -> NotFound:
    return NotFound("There is no such webhook")


async def _one(connection: Connection, query: Select[Any], webhook_id: UUID) -> Row[Any]:
    row: Row[Any] | None = (await connection.execute(query.where(webhooks.c.id == webhook_id))).one_or_none()
    if row is None:
        raise no_such_webhook()
    return row


def _of(owner: UUID | None, query: Select[Any]) -> Select[Any]:
    return query if owner is None else query.where(webhooks.c.user_id == owner)


def _listener(row: Row[Any]) -> Listener:
    return Listener(
        row.id,
        row.user_id,
        frozenset({row.user_id, *row.groups}),
        row.scope == Whose.ALL and row.role in _EVERYBODY,
        _types(row.events),
        row.after_sequence,
    )


def _types(patterns: Iterable[str]) -> frozenset[str]:
    """Without those that only a later version of the service knows."""
    found: frozenset[str] = frozenset()
    for pattern in patterns:
        with suppress(Invalid):
            found |= types_like([pattern])
    return found


def _webhook(row: Row[Any]) -> Webhook:
    shown: Sequence[str] = Webhook.__struct_fields__
    values = {str(name): value for name, value in row._mapping.items() if name in shown}
    return msgspec.convert(values | {"enabled": row.disabled_at is None}, Webhook)
