"""What is made of a recording before anybody watches: its index, and the beginning of what players begin with."""

from __future__ import annotations

from uuid import UUID

from mediaworks.db import Connection, Database
from mediaworks.errors import NotFound, UnsupportedType
from mediaworks.events import Event, record
from mediaworks.jobs import Priority, RunningJob, Task, enqueue
from mediaworks.media import Media
from mediaworks.processing import Kind, PlayedRendition
from mediaworks.streaming.model import Playable
from mediaworks.streaming.service import Streams

PREPARE = "streaming.prepare"
PREPARE_SECONDS = 600.0


class StreamTasks:
    """`segments`: how many of the beginning are made; 0: only the index."""

    def __init__(self, database: Database, streams: Streams, segments: int) -> None:
        self._database = database
        self._streams = streams
        self._segments = segments

    def all(self) -> tuple[Task, ...]:
        return (Task(PREPARE, "video", self.prepare, timeout=PREPARE_SECONDS),)

    async def understood(self, connection: Connection, media: Media, kind: Kind) -> None:
        """Queue the preparation of what turned out to be a recording, in the transaction that says so."""
        if kind in {Kind.VIDEO, Kind.AUDIO}:
            await enqueue(
                connection, PREPARE, queue="video", user_id=media.user_id, subject=media.id,
                dedup=f"prepare {media.id} {media.sha256}", priority=Priority.URGENT, media_id=str(media.id),
            )  # fmt: skip

    async def prepare(self, job: RunningJob, media_id: str) -> None:
        """Raises Unprocessable for a recording that cannot be played."""
        try:
            playable = await self._streams.shared(UUID(media_id))
        except (NotFound, UnsupportedType):
            return
        renditions = _first_played(playable)
        for done, rendition in enumerate(renditions):
            await job.progress(done / len(renditions), f"preparing {rendition.name}")
            await self._begin(playable, rendition)
        told = {"renditions": [rendition.name for rendition in playable.presentation.renditions]}
        async with self._database.transaction() as connection:
            await record(connection, Event("media.playable", playable.media_id, playable.user_id, told))
            await job.done(connection, told)

    async def _begin(self, playable: Playable, rendition: PlayedRendition) -> None:
        for number in range(min(self._segments, rendition.grid.segments)):
            await self._streams.prepare(playable, rendition, number)


def _first_played(playable: Playable) -> list[PlayedRendition]:
    found = playable.presentation.opening, playable.presentation.default_audio
    return [rendition for rendition in found if rendition is not None]
