"""The order of events, sinks, webhooks and their deliveries."""

from typing import Any

from alembic import op

revision = "0007"
down_revision = "0006"

CHANGES = """
ALTER TABLE outbox
    ADD COLUMN sequence BIGINT UNIQUE,
    ADD COLUMN cause UUID,
    ADD COLUMN version INTEGER DEFAULT '1' NOT NULL;

UPDATE outbox SET sequence = numbered.number
    FROM (SELECT position, row_number() OVER (ORDER BY position) AS number FROM outbox) numbered
    WHERE outbox.position = numbered.position;

CREATE INDEX outbox_without_place ON outbox (position) WHERE sequence IS NULL;

CREATE INDEX outbox_by_user ON outbox (user_id, sequence);

CREATE INDEX outbox_by_cause ON outbox (cause) WHERE cause IS NOT NULL;

CREATE TABLE event_counter (
    single BOOLEAN DEFAULT 'true' NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (single)
);

INSERT INTO event_counter SELECT true, coalesce(max(sequence), 0) FROM outbox;

CREATE TABLE event_cursors (
    sink TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    holder BIGINT,
    failing_since TIMESTAMP WITH TIME ZONE,
    error TEXT,
    PRIMARY KEY (sink)
);

INSERT INTO event_cursors (sink, sequence) SELECT 'webhooks', last FROM event_counter;

CREATE TABLE webhooks (
    id UUID NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    events TEXT[] NOT NULL,
    description TEXT NOT NULL,
    scope TEXT NOT NULL,
    secrets JSONB NOT NULL,
    after_sequence BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    disabled_at TIMESTAMP WITH TIME ZONE,
    disabled_reason TEXT,
    failing_since TIMESTAMP WITH TIME ZONE,
    resumes_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);

CREATE INDEX webhooks_by_user ON webhooks (user_id, id);

CREATE TABLE webhook_deliveries (
    id UUID NOT NULL,
    endpoint_id UUID NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_id UUID NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    subject UUID NOT NULL,
    sequence BIGINT NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    tries INTEGER DEFAULT 0 NOT NULL,
    attempts JSONB DEFAULT '[]' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (event_id, endpoint_id)
);

CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, sequence);

CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (endpoint_id, subject, sequence) WHERE state = 'pending';

CREATE TABLE webhook_lanes (
    endpoint_id UUID NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    subject UUID NOT NULL,
    next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lease UUID,
    PRIMARY KEY (endpoint_id, subject)
);

CREATE INDEX webhook_lanes_due ON webhook_lanes (endpoint_id, next_attempt_at);

CREATE INDEX webhook_lanes_leased ON webhook_lanes (endpoint_id) WHERE lease IS NOT NULL;
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
