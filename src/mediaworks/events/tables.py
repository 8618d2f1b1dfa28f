from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, Index, Integer, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from mediaworks.db import metadata

outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("user_id", Uuid),
    Column("data", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("sequence", BigInteger, unique=True),
    Column("cause", Uuid),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("outbox_by_subject", "subject", "position"),
    Index("outbox_by_time", "created_at"),
    Index("outbox_by_user", "user_id", "sequence"),
    Index("outbox_without_place", "position", postgresql_where=text("sequence IS NULL")),
    Index("outbox_by_cause", "cause", postgresql_where=text("cause IS NOT NULL")),
)

event_counter = Table(
    "event_counter",
    metadata,
    Column("single", Boolean, primary_key=True, server_default="true"),
    Column("last", BigInteger, nullable=False),
)

event_cursors = Table(
    "event_cursors",
    metadata,
    Column("sink", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("holder", BigInteger),
    Column("failing_since", DateTime(timezone=True)),
    Column("error", Text),
)
