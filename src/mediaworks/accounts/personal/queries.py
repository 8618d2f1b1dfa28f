from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update

from mediaworks.accounts.audit.tables import audit_log
from mediaworks.accounts.groups.tables import group_members, groups
from mediaworks.accounts.tables import api_keys, users
from mediaworks.db import Connection


def user_rows(user_id: UUID) -> Select[Any]:
    return select(users).where(users.c.id == user_id)


def key_rows(user_id: UUID) -> Select[Any]:
    """Without what a key is recognised by."""
    shown = [column for column in api_keys.c if column is not api_keys.c.secret_hash]
    return select(*shown).where(api_keys.c.user_id == user_id)


def group_rows(user_id: UUID) -> Select[Any]:
    return select(groups.c.id, groups.c.name).join(group_members).where(group_members.c.user_id == user_id)


def audit_rows(user_id: UUID) -> Select[Any]:
    """What the user did. These rows stay: the log only grows."""
    shown = [column for column in audit_log.c if column not in {audit_log.c.previous_hash, audit_log.c.hash}]
    return select(*shown).where(audit_log.c.user_id == user_id)


async def close(connection: Connection, user_id: UUID) -> None:
    """Let nobody in as this user any more."""
    await connection.execute(
        update(users).where(users.c.id == user_id).values(disabled_at=func.coalesce(users.c.disabled_at, func.now()))
    )
    mine = update(api_keys).where(api_keys.c.user_id == user_id, api_keys.c.revoked_at.is_(None))
    await connection.execute(mine.values(revoked_at=func.now()))


async def make_nameless(connection: Connection, user_id: UUID) -> None:
    """Remove keys and memberships, and leave of the user only its id, for what speaks of it."""
    await connection.execute(delete(api_keys).where(api_keys.c.user_id == user_id))
    await connection.execute(delete(group_members).where(group_members.c.user_id == user_id))
    nameless = {"name": f"erased-{user_id}", "external_id": None, "quota_bytes": None}
    await connection.execute(update(users).where(users.c.id == user_id).values(nameless))
