from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from mediaworks.db import metadata

media_indexes = Table(
    "media_indexes",
    metadata,
    Column("media_id", Uuid, ForeignKey("media_objects.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("index", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
