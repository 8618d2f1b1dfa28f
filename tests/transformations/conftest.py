from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from mediaworks import settings as configuration
from mediaworks.accounts import Caller
from mediaworks.accounts.keys import make_first_admin
from mediaworks.app import App, build
from mediaworks.db.migrate import migrate
from mediaworks.jobs import Job, RunningJob, Worker, queries
from mediaworks.kit.quantities import Bytes
from mediaworks.media import Media
from mediaworks.media.contents import Contents
from mediaworks.media.tasks import MediaTasks
from mediaworks.processing import Kind, Renderer, Sandbox
from mediaworks.testing import media
from mediaworks.transformations.making import Making
from mediaworks.transformations.model import Into, Order
from mediaworks.transformations.recipe import read_recipe
from mediaworks.transformations.service import Transformations
from mediaworks.transformations.tasks import TransformationTasks
from mediaworks.transformations.transformer import Transformer
from mediaworks.uploads.model import Labels, Protocol

HOSTILE = "mediaworks.testing.hostile_rendering"


@dataclass(frozen=True, slots=True)
class Workplace:
    """A process's own App without a worker, whose renderings may end badly (`testing/hostile_rendering.py`)."""

    app: App
    caller: Caller
    transformations: Transformations
    tasks: TransformationTasks
    making: Making

    def worker(self) -> Worker:
        """One that understands media, removes files and makes pictures."""
        app, settings = self.app, self.app.settings
        understanding = MediaTasks(
            app.database, app.store, app.sandbox, app.accounts, settings.media, settings.processing
        )
        tasks = (*understanding.all(), *self.tasks.all())
        return Worker(settings.database.url, app.database, settings.jobs, tasks, ())

    async def picture(self) -> Media:
        async def content() -> AsyncIterator[bytes]:
            yield media.image()

        whole = self.app.uploads.whole
        received = await whole.receive(self.caller, content(), name="a.jpg", protocol=Protocol.FORM)
        return await whole.finish(received, Labels())

    async def begun(self, job: Job) -> RunningJob:
        """An attempt, as a worker begins it."""
        async with self.app.database.transaction() as connection:
            running = await queries.begin(connection, job.id, job.ticket or 0)
        assert running is not None
        return RunningJob(self.app.database, running)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.app.database.reading() as connection:
            return list((await connection.execute(text(query), values)).scalars())

    async def derived_from(self, media_id: UUID) -> list[Any]:
        return await self.rows("SELECT storage_key FROM media_objects WHERE parent_id = :id", id=media_id)

    async def blobs(self) -> set[str]:
        """Originals and versions that lie in the storage."""
        return {blob.key async for blob in self.app.store.list("originals/")}


def blurred(sigma: float, into: Into = Into.OBJECT) -> Order:
    return Order(recipe=read_recipe([{"type": "blur", "sigma": sigma}], None), into=into)


@pytest.fixture
def at_work(new_database: Callable[[], str], tmp_path: Path) -> Callable[..., None]:
    """Runs steps in a `Workplace`; settings by the name of the room's."""

    async def whole(steps: Callable[[Workplace], Awaitable[None]], settings: dict[str, Any]) -> None:
        found = configuration.load(data_dir=tmp_path).with_database(new_database())
        config = replace(found.transformations, **settings)
        limits = replace(found.processing, decoders=1, deadline_seconds=4, memory=Bytes(512 << 20))
        migrate(found.database.url)
        async with build(found, decoders=1) as app:
            key = await make_first_admin(app.database, found.admin_key_file)
            caller = await app.accounts.authenticate(key or "")
            sandbox = Sandbox(limits, HOSTILE)
            await sandbox.start()
            try:
                transformer = Transformer(
                    app.store, app.accounts, app.library, Renderer(sandbox, limits), app.faces, limits
                )
                makers = {Kind.IMAGE: transformer}
                contents = Contents(app.database, app.store)
                making = Making(app.database, app.library, app.versions, contents, makers)
                tasks = TransformationTasks(app.database, making, config)
                made = Transformations(app.database, app.library, app.jobs, makers, making, config)
                await steps(Workplace(app, caller, made, tasks, making))
            finally:
                await sandbox.close()

    return lambda steps, **settings: asyncio.run(whole(steps, settings))
