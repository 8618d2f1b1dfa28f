from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Table, Text, Uuid, func

from mediaworks.db import metadata

srcsets = Table(
    "srcsets",
    metadata,
    Column("media_id", Uuid, ForeignKey("media_objects.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("blurhash", Text),
    Column("thumbhash", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
