"""How far the sinks are."""

from __future__ import annotations

import msgspec
from litestar import get

from mediaworks.accounts import Caller
from mediaworks.events.cursors import SinkState
from mediaworks.events.http.rooms import Rooms


class SinkList(msgspec.Struct):
    items: list[SinkState]


@get("/sinks", summary="How far the sinks are")
async def sinks(caller: Caller, state: Rooms) -> SinkList:
    """For administrators: where events go, how many are still to come there, and what is wrong."""
    caller.require_admin()
    return SinkList(await state.relay.states())
