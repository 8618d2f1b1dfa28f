from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from mediaworks.accounts.outsiders.model import Outsider
from mediaworks.accounts.tables import users
from mediaworks.db import Connection
from mediaworks.errors import Conflict
from mediaworks.kit.ids import new_id


async def arrive(connection: Connection, outsider: Outsider) -> UUID:
    """The id of the user who an outsider is here, made on first sight.

    Nobody becomes a user who was here before: an id or a name that is taken stays with whom it belongs to.
    """
    known = await _known(connection, outsider)
    if known is not None:
        return await _with_role(connection, known, outsider)
    for values in _attempts(outsider):
        query = insert(users).values(values).on_conflict_do_nothing().returning(users.c.id)
        made: UUID | None = (await connection.execute(query)).scalar_one_or_none()
        if made is not None:
            return made
        known = await _known(connection, outsider)  # another request may have been faster
        if known is not None:
            return UUID(str(known.id))
    raise Conflict(f"No user could be made for {outsider.name!r}", code="name_taken")


async def _known(connection: Connection, outsider: Outsider) -> Any:
    is_it = users.c.external_id == outsider.external_id
    if outsider.may_be_ours and outsider.own_id is not None:
        is_it = is_it | ((users.c.id == outsider.own_id) & users.c.external_id.is_(None))
    query = select(users.c.id, users.c.role).where(is_it).order_by(users.c.external_id.nulls_last()).limit(1)
    return (await connection.execute(query)).one_or_none()


async def _with_role(connection: Connection, known: Any, outsider: Outsider) -> UUID:
    if outsider.role is not None and known.role != outsider.role:
        await connection.execute(update(users).where(users.c.id == known.id).values(role=outsider.role.value))
    return UUID(str(known.id))


def _attempts(outsider: Outsider) -> Iterator[dict[str, Any]]:
    """With the id and the name of the other service, then with another name, then with an own id as well."""
    common = {"role": (outsider.role or outsider.first_role).value, "external_id": outsider.external_id}
    own_id = outsider.own_id or new_id()
    yield common | {"id": own_id, "name": outsider.name}
    yield common | {"id": own_id, "name": _another(outsider.name)}
    yield common | {"id": new_id(), "name": _another(outsider.name)}


def _another(name: str) -> str:
    return f"{name}-{secrets.token_hex(3)}"
