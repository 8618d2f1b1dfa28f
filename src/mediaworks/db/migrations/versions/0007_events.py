"""The order of events, sinks, webhooks and their deliveries."""

from typing import Any

from alembic import op

revision = "0007"
down_revision = "0006"

CHANGES = """
ALTER TABLE outbox
    ADD COLUMN sequence BIGINT UNIQUE,
    ADD COLUMN cause UUID;

CREATE INDEX outbox_without_place ON outbox (position) WHERE sequence IS NULL;

CREATE INDEX outbox_by_cause ON outbox (cause) WHERE cause IS NOT NULL;

CREATE TABLE event_counter (
    single BOOLEAN DEFAULT 'true' NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (single)
);

INSERT INTO event_counter VALUES (true, 0);

CREATE TABLE event_cursors (
    sink TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    holder BIGINT,
    failing_since TIMESTAMP WITH TIME ZONE,
    error TEXT,
    PRIMARY KEY (sink)
);

INSERT INTO event_cursors (sink, sequence) VALUES ('webhooks', 0);
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
