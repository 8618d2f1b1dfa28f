from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, LargeBinary, Table, Uuid, func

from mediaworks.db import metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("request", LargeBinary, nullable=False),
    Column("holder", BigInteger),
    Column("changed", Boolean, nullable=False, server_default="false"),
    Column("body", LargeBinary),
    Column("answer", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("idempotency_keys_by_time", "created_at"),
)
