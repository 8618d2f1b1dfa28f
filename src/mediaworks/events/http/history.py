"""Events that have happened, page by page, and the types that there are."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import QueryParameter

from mediaworks.accounts import Caller
from mediaworks.events.catalogue import CATALOGUE
from mediaworks.events.http.rooms import Rooms, Subject, Types, Whose
from mediaworks.events.view import EventView, event_view
from mediaworks.events.wanted import wanted_by
from mediaworks.kit.paging import require_between

PAGE = 200

Order = Annotated[Literal["newest", "oldest"], QueryParameter(name="order", description="Which come first")]
AfterEvent = Annotated[UUID | None, QueryParameter(name="cursor", description="The id of an event: go on after it")]


class EventPage(msgspec.Struct):
    items: list[EventView]
    next_cursor: UUID | None


class TypeView(msgspec.Struct):
    """A type of event: `fields` that its data always has, `optional` ones that it may have."""

    type: str
    version: int
    description: str
    fields: tuple[str, ...]
    optional: tuple[str, ...]


class TypeList(msgspec.Struct):
    items: list[TypeView]


@get("/history", summary="What has happened")
async def history(
    caller: Caller,
    state: Rooms,
    types: Types = None,
    subject: Subject = None,
    whose: Whose = "own",
    order: Order = "newest",
    cursor: AfterEvent = None,
    limit: Annotated[int, QueryParameter(description="Events on a page")] = 50,
) -> EventPage:
    """The newest first. Who looks in now and then asks for the oldest first, after the last event seen."""
    require_between("limit", limit, PAGE)
    wanted = wanted_by(caller, types=types, subject=subject, everybody=whose == "all")
    place = await state.events.place_of(cursor, "cursor") if cursor else None
    if order == "oldest":
        found = await state.events.find(wanted, limit + 1, after=place or 0)
    else:
        found = await state.events.find(wanted, limit + 1, before=place)
    shown = [event_view(event) for event in found[:limit]]
    return EventPage(shown, shown[-1].id if len(found) > limit else None)


@get("/types", summary="The types of events")
async def types(caller: Caller) -> TypeList:
    """With what they mean and what their data has."""
    return TypeList(
        [TypeView(name, each.version, each.text, each.fields, each.optional) for name, each in CATALOGUE.items()]
    )
