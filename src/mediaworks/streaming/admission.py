"""Whoever plays a recording does so with a key, or under an address that lets in without one: the same routes twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.params import Dependency
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.streaming.model import Playable
from mediaworks.streaming.playback import PlaybackTokens
from mediaworks.streaming.service import Streams

Shown = Annotated[Playable, Dependency(skip_validation=True)]
"""What a route plays, to whom that is allowed; of a clip with `start` and `end`."""
Start = Annotated[str | None, Query(description="Only from there on: seconds, exact to the frame")]
End = Annotated[str | None, Query(description="Only up to there: seconds, exact to the frame")]


class Rooms(State):
    """What admission works with."""

    streams: Streams
    playback: PlaybackTokens


async def with_key(caller: Caller, media_id: UUID, state: Rooms, start: Start = None, end: End = None) -> Playable:
    return (await state.streams.playable(caller, media_id)).cut(start, end)


async def without_key(playback: str, state: Rooms, start: Start = None, end: End = None) -> Playable:
    """`playback`: what `POST /api/v1/stream/{id}/playback` gave, or the id of what is unlisted or public."""
    try:
        media_id = UUID(playback)
    except ValueError:
        return (await state.streams.shared(state.playback.opened(playback))).cut(start, end)
    return (await state.streams.open_to_all(media_id)).cut(start, end)


def twice(handlers: Sequence[Any], folder: str = "") -> tuple[Router, Router]:
    """The routes below a recording's address for keys, and below addresses that need none: relative ones hold for both."""
    keyed = Router(
        "/api/v1/stream/{media_id:uuid}" + folder,
        route_handlers=handlers,
        dependencies={"playable": Provide(with_key)},
        tags=["stream"],
    )
    free = Router(
        "/v/{playback:str}" + folder,
        route_handlers=handlers,
        dependencies={"playable": Provide(without_key)},
        security=[],
        tags=["stream"],
    )
    return keyed, free
