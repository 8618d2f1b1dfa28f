from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text, UniqueConstraint, Uuid, func

from mediaworks.db import metadata

media_shares = Table(
    "media_shares",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("media_id", Uuid, ForeignKey("media_objects.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Uuid, ForeignKey("users.id")),
    Column("group_id", Uuid, ForeignKey("groups.id", ondelete="CASCADE")),
    Column("access", Text, nullable=False),
    Column("created_by", Uuid, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("num_nonnulls(user_id, group_id) = 1"),
    UniqueConstraint("media_id", "user_id"),
    UniqueConstraint("media_id", "group_id"),
    Index("media_shares_by_user", "user_id", "media_id"),
    Index("media_shares_by_group", "group_id", "media_id"),
)
