"""Bring a database to the schema of this program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from mediaworks.db import vectors
from mediaworks.errors import SetupError

_LOCK = 0x6D656469  # one migration at a time over all machines; an advisory lock of PostgreSQL
OLDEST_POSTGRES = 150000
MIGRATIONS = Path(__file__).parent / "migrations"


def revision_of(url: str) -> tuple[str, str | None]:
    """The server's version and the revision it is at. Raises SetupError when it cannot be reached."""
    with _connected(url) as connection:
        version = str(connection.execute(text("SHOW server_version")).scalar_one())
        return version, _current(connection)


def vectors_of(url: str) -> tuple[str | None, bool]:
    """The version of pgvector in the database, and whether fingerprints are indexed with it. Raises SetupError."""
    with _connected(url) as connection:
        return vectors.version(connection), vectors.is_indexed(connection)


def migrate(url: str) -> str:
    """Apply what is missing and return the revision reached; with pgvector, index fingerprints.

    Safe to call from several processes at once. Raises SetupError when the database cannot be reached, is older than
    PostgreSQL 15, or was already migrated by a newer program.
    """
    with _connected(url) as connection:
        _refuse_old_server(connection)
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        reached = _upgrade(connection)
        vectors.prepare(connection)
        return reached


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    try:
        address = make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        raise SetupError("DATABASE_URL is no address such as postgresql://user@host/name") from error
    engine = create_engine(address, connect_args={"connect_timeout": 10})
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as error:
        shown = address.set(drivername="postgresql").render_as_string(hide_password=True)
        raise SetupError(f"The database at {shown} cannot be reached: {_first_line(error)}") from error
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> str:
    known = sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    current = _current(connection)
    if current is not None and current not in known:
        raise SetupError(
            f"The database has migration {current}, which is newer than this program: install the newer mediaworks"
        )
    if current != known[-1]:
        _run_alembic(connection)
    return known[-1]


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if revision is None else str(revision)


def _run_alembic(connection: Connection) -> None:
    from alembic import command  # half a second, which only the starts that migrate have to wait
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _refuse_old_server(connection: Connection) -> None:
    version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if version < OLDEST_POSTGRES:
        raise SetupError(f"PostgreSQL 15 or newer is needed, and this is {version // 10000}")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
