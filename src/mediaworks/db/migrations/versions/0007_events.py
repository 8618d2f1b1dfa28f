"""The order of events, sinks, webhooks and their deliveries."""

from typing import Any

from alembic import op

revision = "0007"
down_revision = "0006"

CHANGES = """

"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
