from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIT, JSONB

from mediaworks.db import metadata

_KEPT = text("deleted_at IS NULL")
_COMPARABLE = text("deleted_at IS NULL AND phash IS NOT NULL")

media_objects = Table(
    "media_objects",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("original_name", Text, nullable=False),
    Column("mime_type", Text, nullable=False),
    Column("extension", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("storage_key", Text, nullable=False, unique=True),
    Column("width", Integer),
    Column("height", Integer),
    Column("duration", Double),
    Column("fps", Double),
    Column("blurhash", Text),
    Column("thumbhash", Text),
    Column("dominant_color", Text),
    Column("metadata", JSONB, nullable=False, server_default="{}"),
    Column("facts", JSONB, nullable=False, server_default="{}"),
    Column("visibility", Text, nullable=False),
    Column("tags", ARRAY(Text), nullable=False, server_default="{}"),
    Column("processing_status", Text, nullable=False),
    Column("processing_error", JSONB),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("view_count", BigInteger, nullable=False, server_default="0"),
    Column("download_count", BigInteger, nullable=False, server_default="0"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("deleted_at", DateTime(timezone=True)),
    Column("duplicate_of", Uuid),
    Column("request_number", Text),
    Column("quarantine", Text),
    Column("expires_at", DateTime(timezone=True)),
    Column("parent_id", Uuid),
    Column("recipe", JSONB),
    Column("phash", BIT(64)),
    Index("media_by_time", "created_at", "id", postgresql_where=_KEPT),
    Index("media_by_owner_time", "user_id", "created_at", "id", postgresql_where=_KEPT),
    Index("media_by_owner_size", "user_id", "size_bytes", "id", postgresql_where=_KEPT),
    Index("media_by_owner_name", "user_id", "original_name", "id", postgresql_where=_KEPT),
    Index("media_by_owner_kind", "user_id", "kind", "created_at", "id", postgresql_where=_KEPT),
    Index("media_by_tag", "tags", postgresql_using="gin"),
    Index("media_by_sha256", "user_id", "sha256"),
    Index("media_by_request_number", "request_number", postgresql_where=text("request_number IS NOT NULL")),
    Index("media_by_expiry", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    Index("media_by_parent", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
    Index("media_by_owner_phash", "user_id", "phash", "id", postgresql_where=_COMPARABLE),
    *(
        Index(f"media_by_phash_{band + 1}", "user_id", text(f"substring(phash, {16 * band + 1}, 16)"))
        for band in range(4)
    ),
    Index("media_by_fingerprint", "phash", postgresql_using="hnsw"),  # where the server has pgvector: db/vectors.py
    Index("media_not_looked_at", "id", postgresql_where=text("NOT jsonb_exists(facts, 'appearance')")),
    Index("media_deleted", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
)

media_variants = Table(
    "media_variants",
    metadata,
    Column("media_id", Uuid, ForeignKey("media_objects.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("mime_type", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("storage_key", Text, nullable=False),
    Column("role", Text, nullable=False, server_default="thumbnail"),
)
