from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Table, Text, Uuid, func

from mediaworks.db import metadata

media_captions = Table(
    "media_captions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("media_id", Uuid, ForeignKey("media_objects.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("language", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("webvtt", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
