"""Routes for groups."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, delete, get, patch, post, put
from litestar.datastructures import State
from litestar.params import QueryParameter as Query

from mediaworks.accounts.groups.model import GroupChanges, GroupDetails, GroupPage
from mediaworks.accounts.groups.service import Groups
from mediaworks.accounts.model import Caller
from mediaworks.accounts.policy import Policy


class Rooms(State):
    """What these routes work with."""

    groups: Groups


class GroupRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`policy`: limits on what each member uploads."""

    name: str
    policy: Policy = msgspec.field(default_factory=Policy)


@post("/", summary="Make a group")
async def create_group(caller: Caller, data: GroupRequest, state: Rooms) -> GroupDetails:
    """For administrators."""
    return await state.groups.create(caller, name=data.name, policy=data.policy)


@get("/", summary="List groups")
async def list_groups(
    caller: Caller,
    state: Rooms,
    limit: Annotated[int, Query(description="Groups on a page")] = 50,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before")] = None,
) -> GroupPage:
    """Those you are in; all of them for administrators and services."""
    return await state.groups.list(caller, after=cursor, limit=limit)


@get("/{group_id:uuid}", summary="One group and its members")
async def get_group(caller: Caller, group_id: UUID, state: Rooms) -> GroupDetails:
    """One that you are in, or any for administrators and services."""
    return await state.groups.get(caller, group_id)


@patch("/{group_id:uuid}", summary="Rename or limit a group")
async def change_group(caller: Caller, group_id: UUID, data: GroupChanges, state: Rooms) -> GroupDetails:
    """For administrators."""
    return await state.groups.change(caller, group_id, data)


@delete("/{group_id:uuid}", summary="Delete a group")
async def delete_group(caller: Caller, group_id: UUID, state: Rooms) -> None:
    """For administrators. What was shared with the group ends with it."""
    await state.groups.delete(caller, group_id)


@put("/{group_id:uuid}/members/{user_id:uuid}", summary="Put a user into a group")
async def add_member(caller: Caller, group_id: UUID, user_id: UUID, state: Rooms) -> GroupDetails:
    """For administrators. Again is no error."""
    return await state.groups.add(caller, group_id, user_id)


@delete("/{group_id:uuid}/members/{user_id:uuid}", summary="Take a user out of a group", status_code=200)
async def remove_member(caller: Caller, group_id: UUID, user_id: UUID, state: Rooms) -> GroupDetails:
    """For administrators."""
    return await state.groups.remove(caller, group_id, user_id)


router = Router(
    "/api/v1/groups",
    route_handlers=[create_group, list_groups, get_group, change_group, delete_group, add_member, remove_member],
    tags=["accounts"],
)
