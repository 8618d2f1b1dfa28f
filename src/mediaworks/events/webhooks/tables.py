from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from mediaworks.db import metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("description", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("secrets", JSONB, nullable=False),
    Column("after_sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("disabled_at", DateTime(timezone=True)),
    Column("disabled_reason", Text),
    Column("failing_since", DateTime(timezone=True)),
    Column("resumes_at", DateTime(timezone=True)),
    Index("webhooks_by_user", "user_id", "id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("endpoint_id", Uuid, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", Uuid, ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("attempts", JSONB, nullable=False, server_default="[]"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    UniqueConstraint("event_id", "endpoint_id"),
    Index("webhook_deliveries_by_endpoint", "endpoint_id", "sequence"),
    Index(
        "webhook_deliveries_pending", "endpoint_id", "subject", "sequence", postgresql_where=text("state = 'pending'")
    ),
)

webhook_lanes = Table(
    "webhook_lanes",
    metadata,
    Column("endpoint_id", Uuid, ForeignKey("webhooks.id", ondelete="CASCADE"), primary_key=True),
    Column("subject", Uuid, primary_key=True),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("lease", Uuid),
    Index("webhook_lanes_due", "endpoint_id", "next_attempt_at"),
    Index("webhook_lanes_leased", "endpoint_id", postgresql_where=text("lease IS NOT NULL")),
)
