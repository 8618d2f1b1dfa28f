from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, make_url, text

import mediaworks
from mediaworks.db import Database, DatabaseConfig, Lookup, metadata
from mediaworks.db.migrate import MIGRATIONS, migrate
from mediaworks.db.presence import Presence, is_gone
from mediaworks.errors import SetupError, Unavailable


def test_migrations_make_the_very_tables_that_the_rooms_declare(empty_database: Callable[[], str]) -> None:
    for module in pkgutil.walk_packages(mediaworks.__path__, "mediaworks."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)
    url = empty_database()
    migrate(url)
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    found = inspect(engine)
    for table in metadata.sorted_tables:
        declared = {(c.name, c.nullable, str(c.type.compile(engine.dialect))) for c in table.columns}
        made = {
            (c["name"], c["nullable"], str(c["type"].compile(engine.dialect))) for c in found.get_columns(table.name)
        }
        assert made == declared
        indexes = {index["name"] for index in found.get_indexes(table.name) if "duplicates_constraint" not in index}
        assert indexes == {index.name for index in table.indexes}
    engine.dispose()


def test_many_processes_may_migrate_at_once(empty_database: Callable[[], str]) -> None:
    url = empty_database()
    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(migrate, [url] * 6)) == {"0011"}


def test_a_database_that_is_away_is_unavailable_and_a_set_up_error_at_the_start() -> None:
    url = "postgresql://nobody@127.0.0.1:1/x"

    async def ask() -> None:
        await Database(DatabaseConfig(url=url)).check()

    with pytest.raises(Unavailable):
        asyncio.run(ask())
    with pytest.raises(SetupError, match="cannot be reached"):
        migrate(url)


def test_a_database_without_a_connection_left_is_unavailable(new_database: Callable[[], str]) -> None:
    url = make_url(new_database())
    engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0"))
        assert int(connection.execute(text("SHOW max_connections")).scalar_one()) >= 400
    engine.dispose()
    crowded = url.set(username="crowded").render_as_string(hide_password=False)

    async def ask() -> None:
        database = Database(DatabaseConfig(url=crowded))
        with pytest.raises(Unavailable):
            await database.check()
        with pytest.raises(Unavailable):
            await database.look_up(Lookup("SELECT 1"))

    asyncio.run(ask())


def test_a_broken_connection_is_unavailable_once_and_then_replaced(new_database: Callable[[], str]) -> None:
    url = new_database()

    async def steps() -> None:
        database = Database(DatabaseConfig(url=url, pool_size=1))
        await database.check()
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"))  # fmt: skip
        engine.dispose()
        with pytest.raises(Unavailable):
            await database.check()
        await database.check()
        await database.close()

    asyncio.run(steps())


def test_a_process_is_present_until_it_closes(new_database: Callable[[], str]) -> None:
    url = new_database()

    async def steps() -> None:
        presence, database = Presence(url), Database(DatabaseConfig(url=url))
        await presence.start()
        async with database.transaction() as connection:
            assert not await is_gone(connection, presence.process_id)
        await presence.close()
        async with database.transaction() as connection:
            assert await is_gone(connection, presence.process_id)
        await database.close()

    asyncio.run(steps())


def test_each_migration_is_named_by_its_revision_and_follows_the_one_before() -> None:
    """`migrate` knows the newest by the names of the files."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    chain = [script.revision for script in scripts.walk_revisions()][::-1]
    files = sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    assert chain == files
