from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from mediaworks.accounts.tables import users
from mediaworks.db import Connection
from mediaworks.errors import Conflict
from mediaworks.processing import Kind
from mediaworks.transformations.presets.model import Preset, Scope
from mediaworks.transformations.presets.tables import presets


async def presets_for(connection: Connection, user_id: UUID, name: str | None = None) -> list[Preset]:
    """The user's own, then the installation's, each by name; with `name` only those that are called so."""
    query = select(presets).where(or_(presets.c.user_id == user_id, presets.c.user_id.is_(None)))
    if name is not None:
        query = query.where(presets.c.name == name)
    query = query.order_by(presets.c.user_id.is_(None), presets.c.name)
    return [_preset(row) for row in await connection.execute(query)]


async def has_room(connection: Connection, owner: UUID | None, limit: int) -> bool:
    """Whether the user (the installation: None) has fewer than `limit` presets, which nobody changes until the
    transaction ends."""
    if owner is not None:
        await connection.execute(select(users.c.id).where(users.c.id == owner).with_for_update(key_share=True))
    count = select(func.count()).where(_of(owner))
    return (await connection.execute(count)).scalar_one() < limit


async def insert_preset(connection: Connection, owner: UUID | None, preset: Preset) -> None:
    """Raises Conflict when the name is taken."""
    values = {"user_id": owner, "name": preset.name, **_content(preset)}
    try:
        await connection.execute(insert(presets).values(values))
    except IntegrityError as taken:
        told = f"There is already a preset named {preset.name!r}; PUT it to change it"
        raise Conflict(told, code="name_taken", field="name") from taken


async def update_preset(connection: Connection, owner: UUID | None, preset: Preset) -> bool:
    """Whether there was one to be changed."""
    query = update(presets).where(_of(owner), presets.c.name == preset.name)
    return (await connection.execute(query.values(**_content(preset), updated_at=func.now()))).rowcount == 1


async def delete_preset(connection: Connection, owner: UUID | None, name: str) -> bool:
    """Whether there was one."""
    return (await connection.execute(delete(presets).where(_of(owner), presets.c.name == name))).rowcount == 1


def preset_rows(user_id: UUID) -> Select[Any]:
    return select(presets).where(presets.c.user_id == user_id)


async def delete_all_of(connection: Connection, user_id: UUID) -> None:
    await connection.execute(delete(presets).where(presets.c.user_id == user_id))


def _of(owner: UUID | None) -> ColumnElement[bool]:
    return presets.c.user_id.is_not_distinct_from(owner)


def _content(preset: Preset) -> dict[str, Any]:
    return {"kind": preset.kind, "recipe": preset.recipe, "description": preset.description}


def _preset(row: Row[Any]) -> Preset:
    return Preset(
        name=row.name,
        scope=Scope.OWN if row.user_id else Scope.INSTALLATION,
        kind=Kind(row.kind),
        description=row.description,
        recipe=row.recipe,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
