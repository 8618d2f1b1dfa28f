"""The audit log, and answers that are given again."""

from typing import Any

from alembic import op

revision = "0006"
down_revision = "0005"

CHANGES = """

"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
