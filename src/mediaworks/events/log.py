"""The events of the whole installation in one order, as every process sees them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from mediaworks.db import Database
from mediaworks.db.presence import Presence
from mediaworks.errors import Invalid
from mediaworks.events import queries
from mediaworks.events.audience import Audience, Nobody
from mediaworks.events.model import Published
from mediaworks.events.outbox import WRITTEN
from mediaworks.events.wanted import Addressed, Wanted
from mediaworks.kit.bell import Bell, Ring

LOOK_SECONDS = 5.0  # how late at most, should a NOTIFY get lost with its connection


class EventLog:
    """Transactions that overlap commit in another order than they wrote, so what was committed gets its number
    afterwards: by whichever process hears of it first. For one subject the order is that of its changes, because
    whoever changes a thing holds its row until the commit."""

    def __init__(self, database: Database, presence: Presence, audience: Audience | None = None) -> None:
        """To be made before `presence.start`. `audience`: with whom things are shared."""
        self._database = database
        self._audience = audience or Nobody()
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

    async def newest(self) -> tuple[int, UUID | None]:
        """The last number, and the id of its event if that is still kept."""
        async with self._database.reading() as connection:
            last = await queries.last_sequence(connection)
            return last, await queries.id_of(connection, last)

    async def read(self, after: int, limit: int) -> list[Published]:
        """The events that follow the number `after`, at most `limit`."""
        async with self._database.reading() as connection:
            return await queries.read_after(connection, after, limit)

    async def read_addressed(self, after: int, limit: int) -> list[Addressed]:
        """As `read`, each with those who may see it."""
        async with self._database.reading() as connection:
            events = await queries.read_after(connection, after, limit)
            told = await self._audience.of(connection, {event.subject for event in events}) if events else {}
        return [Addressed(event, told.get(event.subject, frozenset())) for event in events]

    async def find(
        self, wanted: Wanted, limit: int, *, after: int | None = None, before: int | None = None
    ) -> list[Published]:
        """What is wanted: after a number the oldest first, else the newest first."""
        async with self._database.reading() as connection:
            readers = wanted.readers
            shared = await self._audience.shared_with(connection, readers) if readers is not None else ()
            return await queries.read_wanted(connection, wanted, shared, limit, after=after, before=before)

    async def place_of(self, event_id: UUID, field: str) -> int:
        """The number of an event; of one that is forgotten, the number before the oldest that is kept since its time.
        Raises Invalid for an id that no event can have."""
        async with self._database.reading() as connection:
            place = await queries.sequence_of(connection, event_id)
            if place is None:
                place = await queries.sequence_before(connection, _moment_of(event_id, field))
            return await queries.last_sequence(connection) if place is None else place

    def next(self) -> Ring:
        """Take it before you read; it comes when there may be more."""
        return self._placed.next()


def _moment_of(event_id: UUID, field: str) -> datetime:
    """When an id was made (RFC 9562 section 5.7)."""
    try:
        if event_id.version == 7:
            return datetime.fromtimestamp((event_id.int >> 80) / 1000, UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid(f"{field}: {event_id} is not the id of an event", field=field)
