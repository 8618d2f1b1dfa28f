"""Routes for jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Literal
from uuid import UUID

import litestar
import msgspec
from litestar import Router, get, post
from litestar.params import QueryParameter as Query
from litestar.response import ServerSentEvent, ServerSentEventMessage

from mediaworks.accounts import Caller
from mediaworks.jobs.model import ItemState, Job, State
from mediaworks.jobs.service import Jobs
from mediaworks.jobs.view import ItemPage, JobPage, JobView, item_view, job_view


class Rooms(litestar.datastructures.State):
    """What these routes work with."""

    jobs: Jobs


@get("/", summary="List jobs")
async def list_jobs(
    caller: Caller,
    state: Rooms,
    limit: Annotated[int, Query(description="Jobs on a page")] = 50,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before")] = None,
    wanted: Annotated[State | None, Query(name="state", description="Only those in this state")] = None,
    queue: Annotated[str | None, Query(description="Only those of this queue")] = None,
    task: Annotated[str | None, Query(description="Only those of this task, such as `media.understand`")] = None,
    subject: Annotated[str | None, Query(description="Only those about this id")] = None,
    whose: Annotated[
        Literal["all", "own"], Query(name="scope", description="`all`: everybody's, for administrators and services")
    ] = "own",
) -> JobPage:
    """The newest first; finished ones too for a day. `scope=all` shows the service's own as well."""
    filters = {"state": wanted, "queue": queue, "task": task, "subject": subject}
    found = await state.jobs.list(caller, filters, everybody=whose == "all", before=cursor, limit=limit)
    return JobPage([job_view(job) for job in found], found[-1].id if len(found) == limit else None)


@get("/{job_id:uuid}", summary="One job")
async def get_job(caller: Caller, job_id: UUID, state: Rooms) -> JobView:
    """How far it is, and how it ended."""
    return job_view(await state.jobs.get(caller, job_id))


@get("/{job_id:uuid}/items", summary="The items of a batch")
async def list_items(
    caller: Caller,
    job_id: UUID,
    state: Rooms,
    limit: Annotated[int, Query(description="Items on a page")] = 200,
    cursor: Annotated[int, Query(description="`next_cursor` of the page before")] = 0,
    wanted: Annotated[ItemState | None, Query(name="state", description="Only those in this state")] = None,
) -> ItemPage:
    """In the order in which they were asked for, each with its own outcome."""
    found = await state.jobs.items(caller, job_id, state=wanted, after=cursor, limit=limit)
    return ItemPage([item_view(item) for item in found], found[-1].number if len(found) == limit else None)


@get("/{job_id:uuid}/events", summary="Follow a job")
async def follow_job(caller: Caller, job_id: UUID, state: Rooms) -> ServerSentEvent:
    """Server-sent events: `progress` with the job now and at each change, `end` when it is over."""
    await state.jobs.get(caller, job_id)
    return ServerSentEvent(_told(state.jobs, caller, job_id))


@post("/{job_id:uuid}/cancel", summary="Cancel a job", status_code=200)
async def cancel_job(caller: Caller, job_id: UUID, state: Rooms) -> JobView:
    """Takes effect at once; what the job was about is left as if it had failed."""
    return job_view(await state.jobs.cancel(caller, job_id))


@post("/{job_id:uuid}/retry", summary="Run a job again", status_code=200)
async def retry_job(caller: Caller, job_id: UUID, state: Rooms) -> JobView:
    """One that failed or was cancelled."""
    return job_view(await state.jobs.retry(caller, job_id))


async def _told(jobs: Jobs, caller: Caller, job_id: UUID) -> AsyncIterator[ServerSentEventMessage]:
    async with aclosing(jobs.follow(caller, job_id)) as news:
        async for job in news:
            yield ServerSentEventMessage(comment="still here") if job is None else _message(job)


def _message(job: Job) -> ServerSentEventMessage:
    event = "end" if job.is_finished else "progress"
    return ServerSentEventMessage(event=event, data=msgspec.json.encode(job_view(job)).decode())


router = Router(
    "/api/v1/jobs",
    route_handlers=[list_jobs, get_job, list_items, follow_job, cancel_job, retry_job],
    tags=["jobs"],
)
