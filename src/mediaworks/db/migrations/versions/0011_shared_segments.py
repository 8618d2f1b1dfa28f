"""Segments that machines share."""

from typing import Any

from alembic import op

revision = "0011"
down_revision = "0010"

CHANGES = """
CREATE TABLE shared_segments (
    place TEXT NOT NULL,
    name TEXT NOT NULL,
    media_id UUID,
    storage_key TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    is_whole BOOLEAN NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (place, name),
    UNIQUE (storage_key),
    FOREIGN KEY(media_id) REFERENCES media_objects (id) ON DELETE SET NULL
);
CREATE INDEX shared_segments_by_media ON shared_segments (media_id);
CREATE INDEX shared_segments_by_use ON shared_segments (used_at);
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
