from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Table, Text, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from mediaworks.db import metadata

presets = Table(
    "presets",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id")),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("recipe", JSONB, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("user_id", "name", postgresql_nulls_not_distinct=True),
)
