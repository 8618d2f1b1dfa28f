"""Buckets in PostgreSQL: one statement for each attempt, in a table that is not logged, for a crash may empty it."""

from __future__ import annotations

from collections.abc import Sequence

from mediaworks.accounts.allowances import queries
from mediaworks.accounts.allowances.model import Allotment, Level, Outcome
from mediaworks.db import Database


class PostgresBuckets:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, count: float, allotments: Sequence[Allotment]) -> Outcome:
        """When one bucket refuses, what the others gave goes back: for that moment they look emptier than they are,
        never fuller."""
        async with self._database.reading() as connection:
            spent = await queries.take(connection, count, allotments)
            if len(spent) == len(allotments):
                return Outcome(True, _levels(allotments, spent))
            given = [each for each in allotments if _key(each) in spent]
            if given:
                await queries.charge(connection, -count, given)
            return Outcome(False, _levels(allotments, await queries.spent(connection, allotments)))

    async def charge(self, count: float, allotments: Sequence[Allotment]) -> None:
        async with self._database.reading() as connection:
            await queries.charge(connection, count, allotments)

    async def levels(self, allotments: Sequence[Allotment]) -> tuple[Level, ...]:
        async with self._database.reading() as connection:
            return _levels(allotments, await queries.spent(connection, allotments))

    async def forget_full(self) -> None:
        """Remove what says no more than its absence."""
        async with self._database.reading() as connection:
            await queries.forget_full(connection)

    async def close(self) -> None:
        """The connections are the database's."""


def _levels(allotments: Sequence[Allotment], spent: queries.Spent) -> tuple[Level, ...]:
    return tuple(Level(each, each.amount - spent.get(_key(each), 0.0)) for each in allotments)


def _key(allotment: Allotment) -> tuple[str, str]:
    return allotment.bucket, allotment.resource.value
