from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from mediaworks.db import metadata

uploads = Table(
    "uploads",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id"), nullable=False),
    Column("key_id", Uuid),
    Column("protocol", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    Column("name", Text, nullable=False, server_default="file"),
    Column("declared_type", Text),
    Column("labels", JSONB, nullable=False, server_default="{}"),
    Column("length", BigInteger),
    Column("received", BigInteger, nullable=False, server_default="0"),
    Column("chunk_size", BigInteger),
    Column("checksums", JSONB, nullable=False, server_default="{}"),
    Column("concat", Text),
    Column("policy", JSONB, nullable=False, server_default="{}"),
    Column("draft", JSONB(none_as_null=True)),
    Column("storage_key", Text, nullable=False),
    Column("holder", BigInteger),
    Column("batch_id", Uuid),
    Column("source", JSONB(none_as_null=True)),
    Column("media_id", Uuid),
    Column("error", JSONB(none_as_null=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("uploads_by_holder", "holder", postgresql_where=text("holder IS NOT NULL")),
    Index("uploads_by_owner", "user_id", "id"),
    Index("uploads_by_expiry", "expires_at"),
    Index("uploads_by_batch", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
    Index("uploads_open", "key_id", postgresql_where=text("state = 'open'")),
)

upload_parts = Table(
    "upload_parts",
    metadata,
    Column("upload_id", Uuid, ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("tag", Text, nullable=False),
)

import_sources = Table(
    "import_sources",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id"), primary_key=True),
    Column("url_sha256", LargeBinary, primary_key=True),
    Column("etag", Text, nullable=False),
    Column("media_id", Uuid, ForeignKey("media_objects.id", ondelete="CASCADE"), nullable=False),
)
