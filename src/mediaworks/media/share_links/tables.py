from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, LargeBinary, Table, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY

from mediaworks.db import metadata

share_links = Table(
    "share_links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("media_id", Uuid, ForeignKey("media_objects.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("password_hash", LargeBinary),
    Column("expires_at", DateTime(timezone=True)),
    Column("max_downloads", BigInteger),
    Column("downloads", BigInteger, nullable=False, server_default="0"),
    Column("tries", ARRAY(DateTime(timezone=True)), nullable=False, server_default="{}"),
    Column("created_by", Uuid, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("revoked_at", DateTime(timezone=True)),
    Index("share_links_by_media", "media_id", "id"),
)
