"""Groups, shares, share links, and users whose data was erased."""

from typing import Any

from alembic import op

revision = "0005"
down_revision = "0004"

CHANGES = """

"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
