"""What players' lists are made of."""

from typing import Any

from alembic import op

revision = "0010"
down_revision = "0009"

CHANGES = """
CREATE TABLE media_indexes (
    media_id UUID NOT NULL,
    sha256 TEXT NOT NULL,
    index JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (media_id),
    FOREIGN KEY(media_id) REFERENCES media_objects (id) ON DELETE CASCADE
);
CREATE TABLE media_captions (
    id UUID NOT NULL,
    media_id UUID NOT NULL,
    language TEXT NOT NULL,
    label TEXT NOT NULL,
    webvtt TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(media_id) REFERENCES media_objects (id) ON DELETE CASCADE
);
CREATE INDEX ix_media_captions_media_id ON media_captions (media_id);
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
