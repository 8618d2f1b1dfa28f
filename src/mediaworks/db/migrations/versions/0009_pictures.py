"""What is made of pictures: derived objects, versions, presets, fingerprints."""

from typing import Any

from alembic import op

revision = "0009"
down_revision = "0008"

CHANGES = """
ALTER TABLE media_objects ADD COLUMN parent_id UUID, ADD COLUMN recipe JSONB, ADD COLUMN phash BIT(64);

CREATE INDEX media_by_parent ON media_objects (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX media_by_owner_phash ON media_objects (user_id, phash, id)
    WHERE deleted_at IS NULL AND phash IS NOT NULL;
CREATE INDEX media_by_phash_1 ON media_objects (user_id, substring(phash, 1, 16))
    WHERE deleted_at IS NULL AND phash IS NOT NULL;
CREATE INDEX media_by_phash_2 ON media_objects (user_id, substring(phash, 17, 16))
    WHERE deleted_at IS NULL AND phash IS NOT NULL;
CREATE INDEX media_by_phash_3 ON media_objects (user_id, substring(phash, 33, 16))
    WHERE deleted_at IS NULL AND phash IS NOT NULL;
CREATE INDEX media_by_phash_4 ON media_objects (user_id, substring(phash, 49, 16))
    WHERE deleted_at IS NULL AND phash IS NOT NULL;
CREATE INDEX media_not_looked_at ON media_objects (id)
    WHERE kind = 'image' AND processing_status = 'ready' AND deleted_at IS NULL AND NOT jsonb_exists(facts, 'appearance');

ALTER TABLE media_variants ADD COLUMN role TEXT DEFAULT 'thumbnail' NOT NULL;

CREATE TABLE media_versions (
    media_id UUID NOT NULL,
    number INTEGER NOT NULL,
    storage_key TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    mime_type TEXT NOT NULL,
    extension TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    recipe JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (media_id, number),
    FOREIGN KEY(media_id) REFERENCES media_objects (id) ON DELETE CASCADE
);

CREATE TABLE presets (
    user_id UUID,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipe JSONB NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    UNIQUE NULLS NOT DISTINCT (user_id, name),
    FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE TABLE srcsets (
    media_id UUID NOT NULL,
    key TEXT NOT NULL,
    source TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    blurhash TEXT,
    thumbhash TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (media_id, key),
    FOREIGN KEY(media_id) REFERENCES media_objects (id) ON DELETE CASCADE
);
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
