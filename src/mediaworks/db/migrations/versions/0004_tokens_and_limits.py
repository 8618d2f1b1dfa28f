"""Users of other services, what keys are bound to, and allowances."""

from typing import Any

from alembic import op

revision = "0004"
down_revision = "0003"

CHANGES = """
ALTER TABLE users
    ADD COLUMN external_id TEXT,
    ADD COLUMN policy JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN disabled_at TIMESTAMP WITH TIME ZONE,
    ADD UNIQUE (external_id);

ALTER TABLE api_keys
    ADD COLUMN allowed_origins TEXT[] DEFAULT '{}' NOT NULL,
    ADD COLUMN allowed_addresses TEXT[] DEFAULT '{}' NOT NULL,
    ADD COLUMN made_with UUID[] DEFAULT '{}' NOT NULL;

CREATE UNLOGGED TABLE allowances (
    holder TEXT NOT NULL,
    resource TEXT NOT NULL,
    amount DOUBLE PRECISION NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    spent DOUBLE PRECISION NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (holder, resource)
);
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
