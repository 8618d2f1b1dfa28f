"""The stream of events."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from litestar.response import Stream

from mediaworks.accounts import Caller
from mediaworks.accounts.identity import identify_again
from mediaworks.errors import Invalid
from mediaworks.events.http.rooms import Rooms, Subject, Types, Whose
from mediaworks.events.stream import Access, follow
from mediaworks.events.wanted import Wanted, wanted_by

EVENT_STREAM = "text/event-stream"
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
ANSWER = ResponseSpec(str, description="Server-sent events", media_type=EVENT_STREAM, generate_examples=False)

LastId = Annotated[str | None, QueryParameter(name="last_event_id", description="As the header Last-Event-ID")]


@get("/", summary="Follow what happens", responses={200: ANSWER})
async def stream(
    request: Request[Any, Any, Any],
    caller: Caller,
    state: Rooms,
    types: Types = None,
    subject: Subject = None,
    whose: Whose = "own",
    last_id: LastId = None,
) -> Stream:
    """Server-sent events from now on, or from after `Last-Event-ID`. Each has its id, its type, and as data the same JSON
    as in the history."""

    def asked(caller: Caller) -> Wanted:
        return wanted_by(caller, types=types, subject=subject, everybody=whose == "all")

    async def ask() -> Wanted:
        return asked(await identify_again(request.scope, state.accounts))

    access = Access(asked(caller), ask, state.events_config.access_seconds)
    start = await _start(state, request.headers.get("last-event-id") or last_id)
    return Stream(follow(state.hub, *start, access), media_type=EVENT_STREAM, headers=HEADERS)


async def _start(state: Rooms, last_id: str | None) -> tuple[int, UUID | None]:
    """The number after which the stream begins, and the id of its event."""
    if not last_id:
        return await state.events.newest()
    try:
        event_id = UUID(last_id)
    except ValueError as error:
        raise Invalid("last_event_id: is not the id of an event", field="last_event_id") from error
    return await state.events.place_of(event_id, "last_event_id"), event_id
