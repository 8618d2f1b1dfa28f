from __future__ import annotations

from sqlalchemy import Column, DateTime, Double, Table, Text

from mediaworks.db import metadata

allowances = Table(
    "allowances",
    metadata,
    Column("holder", Text, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("amount", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("spent", Double, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    prefixes=["UNLOGGED"],
)
