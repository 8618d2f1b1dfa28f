"""Users of other services, what keys are bound to, and allowances."""

from typing import Any

from alembic import op

revision = "0004"
down_revision = "0003"

CHANGES = """

"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
