"""The audit log, and answers that are given again."""

from typing import Any

from alembic import op

revision = "0006"
down_revision = "0005"

CHANGES = """
CREATE TABLE audit_log (
    number BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id UUID,
    key_id UUID,
    role TEXT,
    action TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    target TEXT,
    address TEXT,
    status INTEGER NOT NULL,
    code TEXT,
    details JSONB NOT NULL,
    previous_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (number)
);

CREATE INDEX audit_log_by_user ON audit_log (user_id, number);

CREATE INDEX audit_log_by_action ON audit_log (action, number);

CREATE INDEX audit_log_by_time ON audit_log (at);

CREATE FUNCTION append_audit(entries TEXT[]) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    last audit_log;
    entry TEXT;
    fields JSONB;
BEGIN
    PERFORM pg_advisory_xact_lock(1635083369);
    SELECT * INTO last FROM audit_log ORDER BY number DESC LIMIT 1;
    FOREACH entry IN ARRAY entries LOOP
        fields := entry;
        INSERT INTO audit_log VALUES (
            coalesce(last.number, 0) + 1, (fields->>'at')::timestamptz, (fields->>'user_id')::uuid,
            (fields->>'key_id')::uuid, fields->>'role', fields->>'action', fields->>'method', fields->>'path',
            fields->>'target', fields->>'address', (fields->>'status')::integer, fields->>'code', fields->'details',
            coalesce(last.hash, decode(repeat('00', 32), 'hex')),
            sha256(
                coalesce(last.hash, decode(repeat('00', 32), 'hex'))
                || convert_to((coalesce(last.number, 0) + 1)::text || entry, 'UTF8')
            )
        ) RETURNING * INTO last;
    END LOOP;
END
$$;

CREATE FUNCTION refuse_audit_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log only ever grows: % is refused', TG_OP;
END
$$;

CREATE TRIGGER audit_log_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

CREATE TABLE idempotency_keys (
    user_id UUID NOT NULL,
    key_hash BYTEA NOT NULL,
    id UUID NOT NULL UNIQUE,
    request BYTEA NOT NULL,
    holder BIGINT,
    changed BOOLEAN DEFAULT 'false' NOT NULL,
    body BYTEA,
    answer BYTEA,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (user_id, key_hash)
);

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
