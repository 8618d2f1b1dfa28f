"""The scope `events` for keys that could do everything before."""

from typing import Any

from alembic import op

revision = "0003"
down_revision = "0002"

CHANGES = """
UPDATE api_keys SET scopes = ARRAY['accounts', 'events', 'media:read', 'media:write']
    WHERE scopes @> ARRAY['accounts', 'media:read', 'media:write'];
"""


def upgrade() -> None:
    psycopg_connection: Any = op.get_bind().connection.driver_connection
    psycopg_connection.execute(CHANGES)
