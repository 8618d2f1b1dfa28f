"""The first tables: accounts, media, uploads, delivery, events, and the job queue's own."""

from typing import Any

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE outbox (
    position BIGINT GENERATED ALWAYS AS IDENTITY,
    id UUID NOT NULL,
    type TEXT NOT NULL,
    subject UUID NOT NULL,
    user_id UUID,
    data JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (position),
    UNIQUE (id)
);

CREATE INDEX outbox_by_subject ON outbox (subject, position);

CREATE INDEX outbox_by_time ON outbox (created_at);

CREATE TABLE signing_keys (
    id TEXT NOT NULL,
    secret BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE users (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    quota_bytes BIGINT,
    used_bytes BIGINT DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE api_keys (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    name TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    prefix TEXT NOT NULL,
    scopes TEXT[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    last_used_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    FOREIGN KEY(user_id) REFERENCES users (id),
    UNIQUE (secret_hash)
);

CREATE INDEX api_keys_by_user ON api_keys (user_id, id);

CREATE TABLE media_objects (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    status TEXT NOT NULL,
    kind TEXT NOT NULL,
    original_name TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    extension TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    storage_key TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    duration FLOAT,
    fps FLOAT,
    blurhash TEXT,
    thumbhash TEXT,
    dominant_color TEXT,
    metadata JSONB DEFAULT '{}' NOT NULL,
    facts JSONB DEFAULT '{}' NOT NULL,
    visibility TEXT NOT NULL,
    tags TEXT[] DEFAULT '{}' NOT NULL,
    processing_status TEXT NOT NULL,
    processing_error JSONB,
    version INTEGER DEFAULT '1' NOT NULL,
    view_count BIGINT DEFAULT '0' NOT NULL,
    download_count BIGINT DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    FOREIGN KEY(user_id) REFERENCES users (id),
    UNIQUE (storage_key)
);

CREATE INDEX media_by_owner_kind ON media_objects (user_id, kind, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX media_by_owner_name ON media_objects (user_id, original_name, id) WHERE deleted_at IS NULL;

CREATE INDEX media_by_owner_size ON media_objects (user_id, size_bytes, id) WHERE deleted_at IS NULL;

CREATE INDEX media_by_owner_time ON media_objects (user_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX media_by_sha256 ON media_objects (user_id, sha256);

CREATE INDEX media_by_tag ON media_objects USING gin (tags);

CREATE INDEX media_by_time ON media_objects (created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX media_deleted ON media_objects (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE uploads (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    protocol TEXT NOT NULL,
    storage_key TEXT NOT NULL,
    process_id BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX uploads_by_process ON uploads (process_id);

CREATE TABLE media_variants (
    media_id UUID NOT NULL,
    name TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    storage_key TEXT NOT NULL,
    PRIMARY KEY (media_id, name),
    FOREIGN KEY(media_id) REFERENCES media_objects (id) ON DELETE CASCADE
);
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(TABLES)
    psycopg_connection.execute(SchemaManager.get_schema())
