from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Double, ForeignKey, Index, Integer, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from mediaworks.db import metadata

ACTIVE = "state IN ('queued', 'running')"

jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("ticket", BigInteger),
    Column("queue", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("user_id", Uuid),
    Column("subject", Text),
    Column("arguments", JSONB, nullable=False, server_default="{}"),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("lock", Text),
    Column("dedup", Text),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("fraction", Double),
    Column("stage", Text),
    Column("result", JSONB(none_as_null=True)),
    Column("error", JSONB(none_as_null=True)),
    Column("total", Integer),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Index("jobs_by_ticket", "ticket"),
    Index("jobs_by_owner", "user_id", "id"),
    Index("jobs_by_subject", "subject", "id", postgresql_where=text("subject IS NOT NULL")),
    Index("jobs_active", "id", postgresql_where=text(ACTIVE)),
    Index("jobs_by_end", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
    Index("jobs_by_dedup", "dedup", unique=True, postgresql_where=text(f"dedup IS NOT NULL AND {ACTIVE}")),
)

job_items = Table(
    "job_items",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("subject", Text),
    Column("arguments", JSONB, nullable=False, server_default="{}"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("result", JSONB(none_as_null=True)),
    Column("error", JSONB(none_as_null=True)),
    Index("job_items_waiting", "job_id", "number", postgresql_where=text("state = 'waiting'")),
    Index("job_items_by_subject", "job_id", "subject"),
)
