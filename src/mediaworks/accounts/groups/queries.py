from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from mediaworks.accounts.groups.model import Group, Member
from mediaworks.accounts.groups.tables import group_members, groups
from mediaworks.accounts.policy import Policy
from mediaworks.accounts.tables import users
from mediaworks.db import Connection
from mediaworks.errors import Conflict, NotFound
from mediaworks.kit.ids import new_id


async def insert_group(connection: Connection, *, name: str, policy: Policy) -> Group:
    """Raises Conflict when the name is taken."""
    values = {"id": new_id(), "name": name, "policy": msgspec.to_builtins(policy)}
    try:
        return _group((await connection.execute(insert(groups).values(values).returning(groups))).one())
    except IntegrityError as taken:
        raise _name_taken(name) from taken


async def list_groups(connection: Connection, *, member: UUID | None, after: UUID | None, limit: int) -> list[Group]:
    """The groups of a user (of everybody: None) in the order in which they were made."""
    query = select(groups).order_by(groups.c.id).limit(limit)
    if member is not None:
        of_member = select(group_members.c.group_id).where(group_members.c.user_id == member)
        query = query.where(groups.c.id.in_(of_member))
    if after is not None:
        query = query.where(groups.c.id > after)
    return [_group(row) for row in await connection.execute(query)]


async def group_by_id(connection: Connection, group_id: UUID) -> Group:
    """Raises NotFound."""
    row = (await connection.execute(select(groups).where(groups.c.id == group_id))).one_or_none()
    if row is None:
        raise no_such_group()
    return _group(row)


async def members_of(connection: Connection, group_id: UUID) -> tuple[Member, ...]:
    query = select(users.c.id, users.c.name).join_from(group_members, users)
    found = await connection.execute(query.where(group_members.c.group_id == group_id).order_by(users.c.name))
    return tuple(Member(*row) for row in found)


async def update_group(connection: Connection, group_id: UUID, values: Mapping[str, Any]) -> None:
    """Raises Conflict when the name is taken."""
    try:
        await connection.execute(update(groups).where(groups.c.id == group_id).values(**values))
    except IntegrityError as taken:
        raise _name_taken(values["name"]) from taken


async def delete_group(connection: Connection, group_id: UUID) -> None:
    """Raises NotFound."""
    if (await connection.execute(delete(groups).where(groups.c.id == group_id))).rowcount == 0:
        raise no_such_group()


async def add_member(connection: Connection, group_id: UUID, user_id: UUID) -> None:
    query = upsert(group_members).values(group_id=group_id, user_id=user_id).on_conflict_do_nothing()
    await connection.execute(query)


async def remove_member(connection: Connection, group_id: UUID, user_id: UUID) -> bool:
    """Whether the user was in it."""
    query = delete(group_members).where(group_members.c.group_id == group_id, group_members.c.user_id == user_id)
    return (await connection.execute(query)).rowcount == 1


def no_such_group() -> NotFound:
    return NotFound("There is no such group", field="group_id")


def _name_taken(name: str) -> Conflict:
    return Conflict(f"There is already a group named {name!r}", code="name_taken", field="name")


def _group(row: Row[Any]) -> Group:
    return Group(row.id, row.name, msgspec.convert(row.policy, Policy), row.created_at)
