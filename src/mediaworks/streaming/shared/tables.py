from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Index, Table, Text, Uuid

from mediaworks.db import metadata

shared_segments = Table(
    "shared_segments",
    metadata,
    Column("place", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("media_id", Uuid, ForeignKey("media_objects.id", ondelete="SET NULL")),
    Column("storage_key", Text, nullable=False, unique=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("is_whole", Boolean, nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False),
    Index("shared_segments_by_media", "media_id"),
    Index("shared_segments_by_use", "used_at"),
)
"""A row is there before its blob and goes after it. `is_whole`: it may be played; else it is being written or removed.
Without `media_id` the recording is purged."""
