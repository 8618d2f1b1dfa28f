"""Routes for the data of a user."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.datastructures import State
from litestar.response import Stream

from mediaworks.accounts import Caller
from mediaworks.personal.service import Personal


class Rooms(State):
    """What these routes work with."""

    personal: Personal


class EraseRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`name`: that of the user, so that nobody is erased by mistake."""

    name: str


class Erasing(msgspec.Struct):
    """The account is closed; the job removes its data."""

    user_id: UUID
    job_id: UUID


@get("/{user_id:uuid}/export", summary="All data of a user", media_type="application/zip")
async def export(caller: Caller, user_id: UUID, state: Rooms) -> Stream:
    """A ZIP archive with a JSON file for each kind of record, and the originals under `media/`. For the user itself, and
    for administrators."""
    content: Any = await state.personal.export(caller, user_id)
    headers = {
        "content-disposition": f'attachment; filename="mediaworks-{user_id}.zip"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return Stream(content, media_type="application/zip", headers=headers)


@post("/{user_id:uuid}/erase", summary="Remove all data of a user", status_code=202)
async def erase(caller: Caller, user_id: UUID, data: EraseRequest, state: Rooms) -> Erasing:
    """For good: media, uploads, keys, shares, links. For the user itself, and for administrators."""
    return Erasing(user_id, await state.personal.erase(caller, user_id, data.name))


router = Router("/api/v1/users", route_handlers=[export, erase], tags=["accounts"])
