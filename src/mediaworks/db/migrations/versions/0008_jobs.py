"""Jobs as callers see them, and the items of batches."""

from typing import Any

from alembic import op

revision = "0008"
down_revision = "0007"

CHANGES = """

"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
