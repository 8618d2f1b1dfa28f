from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from mediaworks.db import metadata

media_versions = Table(
    "media_versions",
    metadata,
    Column("media_id", Uuid, ForeignKey("media_objects.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("storage_key", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mime_type", Text, nullable=False),
    Column("extension", Text, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("recipe", JSONB),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
