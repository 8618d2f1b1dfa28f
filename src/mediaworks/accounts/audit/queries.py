from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Select, Text, bindparam, select, text

from mediaworks.accounts.audit.chain import canonical
from mediaworks.accounts.audit.model import Entry, Row
from mediaworks.accounts.audit.tables import audit_log
from mediaworks.db import Connection

_APPEND = text("SELECT append_audit(:entries)").bindparams(bindparam("entries", type_=ARRAY(Text)))
_ENTRY = tuple(audit_log.c[name] for name in Entry.__struct_fields__)
_ROWS: Select[Any] = select(audit_log.c.number, audit_log.c.previous_hash, audit_log.c.hash, *_ENTRY)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Every condition that is given must hold."""

    user_id: UUID | None = None
    action: str | None = None
    status: int | None = None
    since: datetime | None = None
    until: datetime | None = None


async def append(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add `entries` in their order behind the last row there is."""
    await connection.execute(_APPEND, {"entries": [canonical(entry) for entry in entries]})


async def newest(connection: Connection, wanted: Wanted, before: int | None, limit: int) -> list[Row]:
    query = _ROWS.order_by(audit_log.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_log.c.number < before)
    if wanted.since is not None:
        query = query.where(audit_log.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit_log.c.at < wanted.until)
    for name in ("user_id", "action", "status"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(audit_log.c[name] == value)
    return [_row(row) for row in await connection.execute(query)]


async def following(connection: Connection, number: int, limit: int) -> list[Row]:
    query = _ROWS.where(audit_log.c.number > number).order_by(audit_log.c.number).limit(limit)
    return [_row(row) for row in await connection.execute(query)]


def _row(row: Any) -> Row:
    number, previous_hash, digest, *entry = row
    return Row(number, Entry(**dict(zip(Entry.__struct_fields__, entry, strict=True))), previous_hash, digest)
