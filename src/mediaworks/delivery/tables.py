from __future__ import annotations

from sqlalchemy import Column, DateTime, LargeBinary, Table, Text, func

from mediaworks.db import metadata

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
