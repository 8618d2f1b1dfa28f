"""Ground floor: PostgreSQL, its transactions and its migrations."""

from mediaworks.db.config import DatabaseConfig
from mediaworks.db.engine import Connection, Database, before_commit
from mediaworks.db.lookups import Lookup
from mediaworks.db.metadata import metadata

__all__ = ["Connection", "Database", "DatabaseConfig", "Lookup", "before_commit", "metadata"]
