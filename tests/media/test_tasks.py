"""Understanding a media object has its effect once, and is nobody's when it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from mediaworks import settings as configuration
from mediaworks.accounts import Caller
from mediaworks.accounts.keys import make_first_admin
from mediaworks.app import App, build
from mediaworks.jobs import Job, RunningJob, State, Superseded, queries
from mediaworks.media import Media, Processing
from mediaworks.media.tasks import MediaTasks
from mediaworks.processing import Faces
from mediaworks.testing import media
from mediaworks.testing.portrait import portrait
from mediaworks.testing.waiting import until
from mediaworks.uploads.model import Labels, Protocol

Steps = Callable[[App, Caller], Awaitable[None]]


@pytest.fixture
def with_app(new_database: Callable[[], str], tmp_path: Path) -> Callable[[Steps], None]:
    """Runs steps in a process's own App, without a worker."""

    async def whole(steps: Steps) -> None:
        settings = configuration.load(data_dir=tmp_path).with_database(new_database())
        async with build(settings, decoders=1) as app:
            key = await make_first_admin(app.database, settings.admin_key_file)
            await steps(app, await app.accounts.authenticate(key or ""))

    return lambda steps: asyncio.run(whole(steps))


async def uploaded(app: App, caller: Caller, picture: bytes | None = None) -> tuple[Media, Job]:
    """A media object, and the job that is to understand it."""

    async def content() -> AsyncIterator[bytes]:
        yield picture or media.image()

    received = await app.uploads.whole.receive(caller, content(), name="a.jpg", protocol=Protocol.FORM)
    made = await app.uploads.whole.finish(received, Labels())
    (job,) = await app.jobs.list(caller, {"subject": str(made.id)}, everybody=False, before=None, limit=10)
    return made, job


async def begun(app: App, job: Job) -> RunningJob:
    """An attempt, as a worker begins it."""
    async with app.database.transaction() as connection:
        running = await queries.begin(connection, job.id, job.ticket or 0)
    assert running is not None
    return RunningJob(app.database, running)


def tasks_of(app: App, **settings: Any) -> MediaTasks:
    config = replace(app.settings.media, **settings)
    return MediaTasks(app.database, app.store, app.sandbox, app.accounts, config, app.settings.processing, app.faces)


async def facts_of(app: App, made: Media) -> dict[str, Any]:
    query = text("SELECT facts FROM media_objects WHERE id = :id")
    async with app.database.reading() as connection:
        return dict((await connection.execute(query, {"id": made.id})).scalar_one())


async def told(app: App, subject: Any) -> list[str]:
    query = text("SELECT type FROM outbox WHERE subject = :subject ORDER BY position")
    async with app.database.reading() as connection:
        return list((await connection.execute(query, {"subject": subject})).scalars())


def test_of_two_workers_that_understand_an_object_the_later_tells_of_it(
    with_app: Callable[[Steps], None],
) -> None:
    async def steps(app: App, caller: Caller) -> None:
        made, job = await uploaded(app, caller)
        first, second = await begun(app, job), await begun(app, job)
        tasks = tasks_of(app)
        with pytest.raises(Superseded):
            await tasks.understand(first, str(made.id))
        assert await told(app, made.id) == ["media.uploaded"]
        await tasks.understand(second, str(made.id))
        assert await told(app, made.id) == ["media.uploaded", "media.ready"]
        with pytest.raises(Superseded):
            await tasks.understand(second, str(made.id))
        assert await told(app, made.id) == ["media.uploaded", "media.ready"]
        assert await told(app, job.id) == ["job.succeeded"]

    with_app(steps)


async def looked_at(app: App, caller: Caller, media_id: UUID) -> Media | None:
    """The object, unless its understanding is still to come."""
    found = await app.library.get(caller, media_id)
    return None if found.processing_status is Processing.PENDING else found


def test_an_object_that_nobody_is_to_understand_any_more_says_so(with_app: Callable[[Steps], None]) -> None:
    async def steps(app: App, caller: Caller) -> None:
        made, job = await uploaded(app, caller)
        assert (await app.jobs.cancel(caller, job.id)).state is State.CANCELLED
        stop = asyncio.Event()
        working = asyncio.create_task(app.worker().run(stop, ["probe", "housekeeping"]))
        now: Media = await until(lambda: looked_at(app, caller, made.id))
        stop.set()
        await working
        assert now.processing_status is Processing.FAILED
        assert (now.processing_error or {})["code"] == "processing_cancelled"
        assert await told(app, made.id) == ["media.uploaded", "media.failed"]
        assert await told(app, job.id) == ["job.cancelled"]

    with_app(steps)


@pytest.mark.parametrize(("wanted", "found"), [(True, 1), (False, None)])
@pytest.mark.skipif(not Faces.installed(), reason="the extra `faces` is not installed")
def test_faces_are_looked_for_at_the_door_only_where_that_is_wanted(
    with_app: Callable[[Steps], None], wanted: bool, found: int | None
) -> None:
    async def steps(app: App, caller: Caller) -> None:
        made, job = await uploaded(app, caller, portrait().jpegsave_buffer())
        await tasks_of(app, find_faces=wanted).understand(await begun(app, job), str(made.id))
        noted = (await facts_of(app, made)).get("faces")
        assert (None if noted is None else len(noted)) == found

    with_app(steps)
