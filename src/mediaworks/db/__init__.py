"""Ground floor: PostgreSQL, its transactions and its migrations."""

from mediaworks.db.config import DatabaseConfig
from mediaworks.db.engine import Connection, Database
from mediaworks.db.lookups import Lookup
from mediaworks.db.metadata import metadata

__all__ = ["Connection", "Database", "DatabaseConfig", "Lookup", "metadata"]
