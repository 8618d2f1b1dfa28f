"""Files that jobs make. A job may run twice: what it makes and its end are one transaction, so it is made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller
from mediaworks.db import Connection, Database
from mediaworks.jobs import Item, RunningJob, Task, work_through_prepared
from mediaworks.jobs.batches import Effect
from mediaworks.processing import Kind
from mediaworks.transformations.config import TransformationsConfig
from mediaworks.transformations.making import Kept, Making
from mediaworks.transformations.model import StoredOrder

BATCH_SECONDS = 24 * 3600.0
BEGUN = 0.05  # of the progress that a job shows
STORING = 2.0  # times the seconds of the work: a job stores what came of it as well


@dataclass(frozen=True, slots=True)
class Names:
    """Of the tasks that make something of one file or of many."""

    one: str
    batch: str


TASKS: Mapping[Kind, Names] = {
    Kind.IMAGE: Names("process.one", "process.batch"),
    Kind.VIDEO: Names("process.video", "process.video_batch"),
    Kind.AUDIO: Names("process.audio", "process.audio_batch"),
}


class TransformationTasks:
    def __init__(self, database: Database, making: Making, config: TransformationsConfig) -> None:
        self._database = database
        self._making = making
        self._config = config

    def all(self) -> tuple[Task, ...]:
        """What workers do to media, in the queue of its kind."""
        return tuple(task for kind, names in TASKS.items() for task in self._tasks(kind, names))

    def _tasks(self, kind: Kind, names: Names) -> tuple[Task, ...]:
        timeout = STORING * self._config.seconds_for(kind)
        return (
            Task(names.one, kind.value, self.process, timeout=timeout),
            Task(names.batch, kind.value, self.batch, timeout=max(BATCH_SECONDS, timeout)),
        )

    async def process(self, job: RunningJob, media_id: str, order: Any, caller: Any) -> None:
        """Make what was ordered, with the rights of who asked."""
        who, what = msgspec.convert(caller, Caller), msgspec.convert(order, StoredOrder).read()

        async def end(connection: Connection, kept: Kept) -> None:
            await job.done(connection, kept.told)

        async def progress(share: float) -> None:
            await job.progress(BEGUN + (1 - BEGUN) * share, "rendering")

        await progress(0)
        seconds = self._config.seconds_for(what.recipe.kind)
        await self._making.do(who, UUID(media_id), what, seconds=seconds, progress=progress, told=end)

    async def batch(self, job: RunningJob, order: Any, caller: Any) -> dict[str, int]:
        """Make what was ordered of each item."""
        who, what = msgspec.convert(caller, Caller), msgspec.convert(order, StoredOrder).read()
        seconds = self._config.seconds_for(what.recipe.kind)

        async def prepare(item: Item) -> Effect:
            made = await self._making.make(who, UUID(item.subject), what, seconds=seconds)

            async def own(connection: Connection) -> dict[str, Any]:
                return (await self._making.own_in(connection, who, made)).told

            return own

        return await work_through_prepared(
            self._database, job, prepare, at_once=self._config.at_once_for(what.recipe.kind)
        )
