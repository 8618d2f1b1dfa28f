"""Rows that somebody changed behind the back of the service are found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mediaworks.accounts.audit import AuditConfig, AuditLog, Broken, Entry, Head, Verdict
from mediaworks.accounts.audit.chain import START
from mediaworks.db import Database, DatabaseConfig
from mediaworks.errors import Unavailable

ROWS = 8


def entry(number: int = 0, **changed: Any) -> Entry:
    values: dict[str, Any] = {
        "at": datetime(2026, 1, 1, 12, 0, number % 60, 120, tzinfo=UTC),
        "user_id": UUID(int=number + 1),
        "key_id": None,
        "role": "user",
        "action": "postApiV1Users",
        "method": "POST",
        "path": f"/api/v1/things/{number}",
        "target": str(number),
        "address": "::1",
        "status": 201,
        "code": None,
        "details": {"b": number, "a": ["ä", None, True]},
    }
    return Entry(**(values | changed))


@pytest.fixture(scope="module")
def url(new_database: Callable[[], str]) -> str:
    return new_database()


@asynccontextmanager
async def opened(url: str, **config: Any) -> AsyncIterator[tuple[AuditLog, Database]]:
    database = Database(DatabaseConfig(url=url))
    log = AuditLog(database, AuditConfig(**config))
    yield log, database
    await log.close()
    await database.close()


async def behind_the_back(database: Database, *statements: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER audit_log_only_grows"))
        for statement in statements:
            await connection.execute(text(statement))
        await connection.execute(text("ALTER TABLE audit_log ENABLE TRIGGER audit_log_only_grows"))


def afterwards(url: str, *statements: str, noted: Head | None = None) -> tuple[Verdict, Head]:
    """What `verify` says of eight rows after `statements`, and the head there was before them."""

    async def steps() -> tuple[Verdict, Head]:
        async with opened(url) as (log, database):
            await behind_the_back(database, "TRUNCATE audit_log")
            for number in range(ROWS):
                await log.append(entry(number))
            before = (await log.verify()).head
            await behind_the_back(database, *statements)
            return await log.verify(noted or before), before

    return asyncio.run(steps())


def test_an_empty_log_is_intact(url: str) -> None:
    async def steps() -> Verdict:
        async with opened(url) as (log, database):
            await behind_the_back(database, "TRUNCATE audit_log")
            return await log.verify()

    assert asyncio.run(steps()) == Verdict(0, START)


def test_rows_as_they_were_written_are_intact(url: str) -> None:
    verdict, head = afterwards(url)
    assert (verdict.rows, verdict.broken, verdict.head) == (ROWS, None, head)


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "user_id = NULL",
        "key_id = gen_random_uuid()",
        "role = 'admin'",
        "action = 'x'",
        "method = 'PUT'",
        "path = '/'",
        "target = NULL",
        "address = '127.0.0.1'",
        "status = 404",
        "code = 'x'",
        """details = '{"b": 4, "a": ["ä", null, false]}'""",
        "hash = sha256('x')",
    ],
)
def test_a_changed_column_is_found(url: str, change: str) -> None:
    verdict, _ = afterwards(url, f"UPDATE audit_log SET {change} WHERE number = 5")
    assert (verdict.rows, verdict.broken) == (4, Broken(5, "the row was changed: its hash does not fit it"))


def test_a_row_taken_from_the_middle_is_found(url: str) -> None:
    verdict, _ = afterwards(url, "DELETE FROM audit_log WHERE number = 5")
    assert verdict.broken == Broken(5, "the row is missing")


def test_a_row_taken_from_the_middle_is_found_though_the_others_move_up(url: str) -> None:
    verdict, _ = afterwards(
        url,
        "DELETE FROM audit_log WHERE number = 5",
        *(f"UPDATE audit_log SET number = {number - 1} WHERE number = {number}" for number in range(6, ROWS + 1)),
    )
    assert verdict.broken == Broken(5, "the row does not follow the one before it")


def test_rows_that_changed_places_are_found(url: str) -> None:
    verdict, _ = afterwards(
        url,
        "UPDATE audit_log SET number = 100 WHERE number = 3",
        "UPDATE audit_log SET number = 3 WHERE number = 6",
        "UPDATE audit_log SET number = 6 WHERE number = 100",
    )
    assert verdict.broken is not None
    assert verdict.broken.number == 3


def test_an_end_that_was_cut_off_is_found_by_the_head_of_before(url: str) -> None:
    verdict, _ = afterwards(url, "DELETE FROM audit_log WHERE number > 6")
    assert verdict.broken == Broken(7, "the row is missing: the end of the log was cut off")


def test_a_log_written_anew_is_found_by_the_head_of_before(url: str) -> None:
    verdict, _ = afterwards(url, noted=Head(6, bytes(32)))
    assert verdict.broken == Broken(6, "the row is not the one that was noted: the log was written anew")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET status = 1", "DELETE FROM audit_log", "TRUNCATE audit_log", "DELETE FROM audit_log WHERE false"],
)  # fmt: skip
def test_the_database_refuses_every_change(url: str, statement: str) -> None:
    async def steps() -> None:
        async with opened(url) as (_, database), database.transaction() as connection:
            await connection.execute(text(statement))

    with pytest.raises(DBAPIError, match="only ever grows"):
        asyncio.run(steps())


def test_processes_that_write_at_once_make_one_chain(url: str) -> None:
    async def write(log: AuditLog) -> None:
        for number in range(50):
            await log.append(entry(number))

    async def steps() -> Verdict:
        async with opened(url) as (one, database), opened(url) as (two, _), opened(url) as (three, _):
            await behind_the_back(database, "TRUNCATE audit_log")
            await asyncio.gather(*(write(log) for log in (one, two, three)))
            return await one.verify()

    verdict = asyncio.run(steps())
    assert (verdict.rows, verdict.broken) == (150, None)


def test_entries_of_one_moment_share_a_write(url: str) -> None:
    async def steps() -> int:
        async with opened(url) as (log, database):
            await behind_the_back(database, "TRUNCATE audit_log")
            await asyncio.gather(*(log.append(entry(n)) for n in range(100)))
            async with database.reading() as connection:
                return int(
                    (await connection.execute(text("SELECT count(DISTINCT xmin::text) FROM audit_log"))).scalar_one()
                )

    assert asyncio.run(steps()) <= 3


def test_an_entry_is_written_though_its_request_is_gone(url: str) -> None:
    async def steps() -> int:
        async with opened(url) as (log, database):
            await behind_the_back(database, "TRUNCATE audit_log")
            leaving = asyncio.create_task(log.append(entry()))
            await asyncio.sleep(0)
            leaving.cancel()
            await log.close()
            return (await log.verify()).rows

    assert asyncio.run(steps()) == 1


def test_a_log_that_cannot_be_written_says_so_in_time(url: str) -> None:
    async def steps() -> None:
        async with opened(url, patience_seconds=0.2) as (log, database), database.transaction() as connection:
            await connection.execute(text("LOCK TABLE audit_log"))
            await log.append(entry())

    with pytest.raises(Unavailable, match="in time"):
        asyncio.run(steps())


words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
values = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), words, st.lists(words, max_size=3))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    moments=st.lists(st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)), min_size=1, max_size=3),
    path=words,
    code=st.none() | words,
    details=st.dictionaries(words, values, max_size=4),
)
def test_whatever_a_row_holds_its_hash_fits_it(
    url: str, moments: list[datetime], path: str, code: str | None, details: dict[str, Any]
) -> None:
    async def steps() -> None:
        async with opened(url) as (log, database):
            await behind_the_back(database, "TRUNCATE audit_log")
            for moment in moments:
                await log.append(entry(at=moment, path=path, code=code, details=details))
            assert await log.verify() == Verdict(len(moments), (await log.verify()).head)

    asyncio.run(steps())


@given(st.text(max_size=90) | st.from_regex(r"[0-9]{1,20}:[0-9a-fA-F ]{60,66}"))
def test_only_a_head_is_a_head(noted: str) -> None:
    try:
        head = Head.parse(noted)
    except ValueError:
        return
    assert Head.parse(str(head)) == head


@given(st.integers(0, 10**18 - 1), st.binary(min_size=32, max_size=32))
def test_a_head_is_read_as_it_was_told(number: int, digest: bytes) -> None:
    assert Head.parse(str(Head(number, digest))) == Head(number, digest)
