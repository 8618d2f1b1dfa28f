"""Routes that transform media."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body

from mediaworks.accounts import Caller, Scope
from mediaworks.accounts.audit import CHANGES_NOTHING
from mediaworks.errors import InvalidRecipe
from mediaworks.jobs import Job
from mediaworks.jobs.view import JobView, job_view
from mediaworks.media import Links, Media, MediaLibrary, MediaView
from mediaworks.media.answers import if_match, versioned
from mediaworks.media.labels import retyped
from mediaworks.processing import Kind
from mediaworks.transformations.answers import MadeResponse, warned
from mediaworks.transformations.making import Kept
from mediaworks.transformations.model import Into, Mode
from mediaworks.transformations.presets.service import Presets
from mediaworks.transformations.requests import BatchRequest, ProcessRequest, order_of, recipe_of
from mediaworks.transformations.selection import selected
from mediaworks.transformations.service import Transformations
from mediaworks.transformations.view import ProcessView, StatusView, process_view, status_view

EXAMPLES = [
    Example(
        summary="A thumbnail, now",
        value={
            "operations": [{"type": "resize", "width": 400, "height": 400, "fit": "cover"}],
            "output": {"format": "webp"},
            "mode": "sync",
        },
    ),
    Example(
        summary="A media object of its own",
        value={"operations": [{"type": "filter", "name": "clarendon", "strength": 80}], "mode": "derive"},
    ),
    Example(
        summary="The same object, turned",
        value={"operations": [{"type": "rotate", "angle": 90}], "mode": "version"},
    ),
    Example(
        summary="A job, as the first contract asks for it",
        value={"operations": [{"type": "resize", "width": 800, "height": 600}]},
    ),
]
BATCH_EXAMPLES = [
    Example(
        summary="These",
        value={"ids": ["0190f0c0-…", "0190f0c1-…"], "operations": [{"type": "grayscale"}]},
    ),
    Example(
        summary="All with a tag, as WebP",
        value={"query": {"tag": ["shop"]}, "operations": [], "output": {"format": "webp"}},
    ),
]
ANSWERS = {
    200: ResponseSpec(MediaView, description="With `sync` the file; with `version` the object", generate_examples=False),
    201: ResponseSpec(MediaView, description="With `derive` the new media object", generate_examples=False),
    202: ResponseSpec(ProcessView, description="The job that makes it", generate_examples=False),
}  # fmt: skip


class Rooms(State):
    """What these routes work with."""

    library: MediaLibrary
    transformations: Transformations
    presets: Presets
    links: Links


@post("/{media_id:uuid}", summary="Transform a media object", responses=ANSWERS, status_code=202)
async def process(
    request: Request[Any, Any, Any],
    caller: Caller,
    media_id: UUID,
    data: Annotated[ProcessRequest, Body(examples=EXAMPLES)],
    state: Rooms,
) -> Response[Any]:
    """What can be done depends on the kind of file: `/api/v1/process/operations?kind=video`. Without a `mode` a job does it,
    whose state is at `/status`. A version understands `If-Match`."""
    caller.require(Scope.MEDIA_READ if data.mode is Mode.SYNC else Scope.MEDIA_WRITE)
    media = await state.library.get(caller, media_id)
    if data.mode is Mode.SYNC:
        request.scope["state"][CHANGES_NOTHING] = True
        return await _at_once(caller, media, data, state)
    into = Into.VERSION if data.mode is Mode.VERSION else data.into
    wanted = if_match(request) if into is Into.VERSION else None
    order = await order_of(data, caller, state.presets, kind=media.kind, into=into, if_version=wanted)
    if data.mode is Mode.ASYNC:
        return _accepted(await state.transformations.enqueue(caller, media_id, order), media_id)
    made = await state.transformations.make(caller, media_id, order)
    return _accepted(made, media_id) if isinstance(made, Job) else _made(made, into, state.links)


@get("/{media_id:uuid}/status", summary="How far the work on a media object is")
async def get_status(caller: Caller, media_id: UUID, state: Rooms) -> StatusView:
    """Of the newest job of yours that makes something of it; `/api/v1/jobs?subject={media_id}` lists all."""
    return status_view(await state.transformations.progress(caller, media_id))


@post("/batch", summary="Transform many media objects alike", status_code=202)
async def process_batch(
    caller: Caller, data: Annotated[BatchRequest, Body(examples=BATCH_EXAMPLES)], state: Rooms
) -> JobView:
    """Answers at once with the job that does it. Each file has an outcome of its own, at `/api/v1/jobs/{id}/items`."""
    kind = Kind(data.kind)
    order = await order_of(data, caller, state.presets, kind=kind, into=data.into)
    if (data.ids is None) == (data.query is None):
        raise InvalidRecipe("ids: name the objects by ids, or by a query", field="ids")
    ids = data.ids if data.query is None else await selected(state.library, caller, data.query, kind)
    return job_view(await state.transformations.enqueue_batch(caller, ids or [], order))


async def _at_once(caller: Caller, media: Media, data: ProcessRequest, state: Rooms) -> MadeResponse:
    if data.into is Into.VERSION:
        raise InvalidRecipe("into: sync keeps nothing; a version is made with the mode version", field="into")
    recipe = await recipe_of(data, caller, state.presets, media.kind)
    held = AsyncExitStack()
    try:
        made = await held.enter_async_context(state.transformations.at_once(caller, media, recipe))
        (product,) = made.items
        name = retyped(media.original_name, product.extension)
        return MadeResponse(made, held, name=name)
    except BaseException:
        await held.aclose()
        raise


def _accepted(job: Job, media_id: UUID) -> Response[ProcessView]:
    headers = {"location": f"/api/v1/jobs/{job.id}"}
    return Response(process_view(job, media_id), status_code=202, headers=headers)


def _made(kept: Kept, into: Into, links: Links) -> Response[bytes]:
    answer = versioned(kept.media, links, status_code=200 if into is Into.VERSION else 201)
    answer.headers.update(warned(kept.warnings))
    if into is Into.OBJECT:
        answer.headers["location"] = f"/api/v1/media/{kept.media.id}"
    return answer


router = Router("/api/v1/process", route_handlers=[process, process_batch, get_status], tags=["process"])
