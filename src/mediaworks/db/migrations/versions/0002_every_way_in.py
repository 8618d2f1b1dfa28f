"""Uploads over several requests, policies, duplicates, retention, and what imports remember."""

from typing import Any

from alembic import op

revision = "0002"
down_revision = "0001"

CHANGES = """
ALTER TABLE uploads RENAME COLUMN process_id TO holder;
ALTER TABLE uploads
    ALTER COLUMN holder DROP NOT NULL,
    ADD COLUMN key_id UUID,
    ADD COLUMN state TEXT DEFAULT 'open' NOT NULL,
    ADD COLUMN name TEXT DEFAULT 'file' NOT NULL,
    ADD COLUMN declared_type TEXT,
    ADD COLUMN labels JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN length BIGINT,
    ADD COLUMN received BIGINT DEFAULT '0' NOT NULL,
    ADD COLUMN chunk_size BIGINT,
    ADD COLUMN checksums JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN concat TEXT,
    ADD COLUMN policy JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN draft JSONB,
    ADD COLUMN batch_id UUID,
    ADD COLUMN source JSONB,
    ADD COLUMN media_id UUID,
    ADD COLUMN error JSONB,
    ADD COLUMN updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ADD COLUMN expires_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL;

DROP INDEX uploads_by_process;

CREATE INDEX uploads_by_holder ON uploads (holder) WHERE holder IS NOT NULL;

CREATE INDEX uploads_by_owner ON uploads (user_id, id);

CREATE INDEX uploads_by_expiry ON uploads (expires_at);

CREATE INDEX uploads_by_batch ON uploads (batch_id) WHERE batch_id IS NOT NULL;

CREATE INDEX uploads_open ON uploads (key_id) WHERE state = 'open';

CREATE TABLE upload_parts (
    upload_id UUID NOT NULL,
    number INTEGER NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (upload_id, number),
    FOREIGN KEY(upload_id) REFERENCES uploads (id) ON DELETE CASCADE
);

CREATE TABLE import_sources (
    user_id UUID NOT NULL,
    url_sha256 BYTEA NOT NULL,
    etag TEXT NOT NULL,
    media_id UUID NOT NULL,
    PRIMARY KEY (user_id, url_sha256),
    FOREIGN KEY(user_id) REFERENCES users (id),
    FOREIGN KEY(media_id) REFERENCES media_objects (id) ON DELETE CASCADE
);

CREATE TABLE policies (
    role TEXT NOT NULL,
    policy JSONB NOT NULL,
    PRIMARY KEY (role)
);

ALTER TABLE api_keys ADD COLUMN policy JSONB DEFAULT '{}' NOT NULL;

ALTER TABLE media_objects
    ADD COLUMN duplicate_of UUID,
    ADD COLUMN request_number TEXT,
    ADD COLUMN quarantine TEXT,
    ADD COLUMN expires_at TIMESTAMP WITH TIME ZONE;

CREATE INDEX media_by_request_number ON media_objects (request_number) WHERE request_number IS NOT NULL;

CREATE INDEX media_by_expiry ON media_objects (expires_at) WHERE expires_at IS NOT NULL;
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
