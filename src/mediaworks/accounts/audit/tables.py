from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from mediaworks.db import metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("user_id", Uuid),
    Column("key_id", Uuid),
    Column("role", Text),
    Column("action", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("target", Text),
    Column("address", Text),
    Column("status", Integer, nullable=False),
    Column("code", Text),
    Column("details", JSONB, nullable=False),
    Column("previous_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("audit_log_by_user", "user_id", "number"),
    Index("audit_log_by_action", "action", "number"),
    Index("audit_log_by_time", "at"),
)
