"""The events of the whole installation in one order, as every process sees them."""

from __future__ import annotations

from mediaworks.db import Database
from mediaworks.db.presence import Presence
from mediaworks.events import queries
from mediaworks.events.model import Published
from mediaworks.events.outbox import WRITTEN
from mediaworks.kit.bell import Bell, Ring

LOOK_SECONDS = 5.0  # how late at most, should a NOTIFY get lost with its connection


class EventLog:
    """Transactions that overlap commit in another order than they wrote, so what was committed gets its number
    afterwards: by whichever process hears of it first. For one subject the order is that of its changes, because
    whoever changes a thing holds its row until the commit."""

    def __init__(self, database: Database, presence: Presence) -> None:
        """To be made before `presence.start`."""
        self._database = database
        self._written, self._placed = Bell(), Bell()
        presence.listen(WRITTEN, lambda _: self._written.ring())
        presence.listen(queries.PLACED, lambda _: self._placed.ring())

    async def number(self) -> None:
        """Number what is committed, and wait for the next; to be called again and again."""
        written = self._written.next()
        async with self._database.reading() as connection:
            any_waits = await queries.any_without_place(connection)
        if any_waits:
            async with self._database.transaction() as connection:
                await queries.give_places(connection)
        else:
            await written.wait(LOOK_SECONDS)

    async def last(self) -> int:
        async with self._database.reading() as connection:
            return await queries.last_sequence(connection)

    async def read(self, after: int, limit: int) -> list[Published]:
        """The events that follow the number `after`, at most `limit`."""
        async with self._database.reading() as connection:
            return await queries.read_after(connection, after, limit)

    def next(self) -> Ring:
        """Take it before you read; it comes when there may be more."""
        return self._placed.next()
