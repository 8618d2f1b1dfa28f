"""Delivers to the sinks: each at its own pace, in order, at least once. A sink that is down delays only itself."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress

import structlog

from mediaworks.db import Database
from mediaworks.errors import MediaworksError
from mediaworks.events import cursors, figures
from mediaworks.events.log import EventLog
from mediaworks.events.sinks import Sink

log = structlog.get_logger(__name__)

BATCH = 200
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
TURN_SECONDS = 5.0
DELIVER_SECONDS = 30.0


class Relay:
    def __init__(self, database: Database, events: EventLog, sinks: Sequence[Sink], process_id: int) -> None:
        self._database = database
        self._events = events
        self._sinks = sinks
        self._process_id = process_id

    async def register(self) -> None:
        """Have every sink begin with what happens from now on, unless it has begun before."""
        async with self._database.transaction() as connection:
            await cursors.begin(connection, [sink.name for sink in self._sinks])

    async def states(self) -> list[cursors.SinkState]:
        """How far each sink came."""
        async with self._database.transaction() as connection:
            return await cursors.states(connection)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as group:
            for sink in self._sinks:
                group.create_task(self._serve(sink))

    async def close(self) -> None:
        for sink in self._sinks:
            with suppress(Exception):
                await sink.close()

    async def _serve(self, sink: Sink) -> None:
        pause = 0.0
        while True:
            more = self._events.next()
            try:
                delivered = await self._deliver(sink)
                pause = 0.0
            except Exception as failure:
                pause = min(LONGEST_PAUSE, max(SHORTEST_PAUSE, pause * 2))
                await self._note_failure(sink, failure)
                await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311 - spreads, hides nothing
                continue
            if not delivered:
                await more.wait(TURN_SECONDS)

    async def _deliver(self, sink: Sink) -> bool:
        """Whether there was something that this process was to deliver."""
        async with self._database.transaction() as connection:
            place = await cursors.take(connection, sink.name, self._process_id)
        if place is None:
            return False
        events = await self._events.read(place, BATCH)
        if not events:
            return False
        async with asyncio.timeout(DELIVER_SECONDS):
            await sink.deliver(events)
        async with self._database.transaction() as connection:
            await cursors.advance(connection, sink.name, self._process_id, events[-1].sequence)
        figures.delivered.labels(sink.name).inc(len(events))
        return True

    async def _note_failure(self, sink: Sink, failure: Exception) -> None:
        error = str(failure) or type(failure).__name__
        figures.failures.labels(sink.name).inc()
        log.warning("sink_failed", sink=sink.name, error=error)
        with suppress(MediaworksError):
            async with self._database.transaction() as connection:
                await cursors.note_failure(connection, sink.name, self._process_id, error)
