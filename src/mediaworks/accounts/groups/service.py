"""Groups: administrators make them, members see those they are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import queries as accounts
from mediaworks.accounts.groups import queries
from mediaworks.accounts.groups.model import Group, GroupChanges, GroupDetails, GroupPage, Member
from mediaworks.accounts.model import Caller
from mediaworks.accounts.policy import Policy
from mediaworks.db import Connection, Database
from mediaworks.errors import Invalid, NotFound
from mediaworks.kit.paging import page_of, require_between

PAGE = 200
NAME_LENGTH = 100


class Groups:
    def __init__(self, database: Database, forget_callers: Callable[[], None]) -> None:
        """`forget_callers` is called when somebody's groups changed."""
        self._database = database
        self._forget_callers = forget_callers

    async def create(self, by: Caller, *, name: str, policy: Policy) -> GroupDetails:
        """Raises Forbidden unless an administrator asks, Invalid, Conflict when the name is taken."""
        by.require_admin()
        async with self._database.transaction() as connection:
            group = await queries.insert_group(connection, name=_checked_name(name), policy=policy)
        return _details(group, ())

    async def list(self, by: Caller, *, after: UUID | None, limit: int) -> GroupPage:
        """The caller's groups; all for those who see everybody. Raises Invalid for a limit that cannot be."""
        require_between("limit", limit, PAGE)
        member = None if by.sees_everybody else by.user_id
        async with self._database.reading() as connection:
            found = await queries.list_groups(connection, member=member, after=after, limit=limit + 1)
        return GroupPage(*page_of(found, limit, lambda group: group.id))

    async def get(self, by: Caller, group_id: UUID) -> GroupDetails:
        """Raises NotFound for what is missing, and for a group that the caller is not in."""
        if not (by.sees_everybody or group_id in by.groups):
            raise queries.no_such_group()
        async with self._database.reading() as connection:
            return await _look(connection, group_id)

    async def change(self, by: Caller, group_id: UUID, changes: GroupChanges) -> GroupDetails:
        """Raises Forbidden, NotFound, Invalid, Conflict when the name is taken."""
        by.require_admin()
        values = _checked(changes)
        async with self._database.transaction() as connection:
            if values:
                await queries.update_group(connection, group_id, values)
            group = await _look(connection, group_id)
        self._forget_callers()
        return group

    async def delete(self, by: Caller, group_id: UUID) -> None:
        """What was shared with the group is then not shared with its members. Raises Forbidden, NotFound."""
        by.require_admin()
        async with self._database.transaction() as connection:
            await queries.delete_group(connection, group_id)
        self._forget_callers()

    async def add(self, by: Caller, group_id: UUID, user_id: UUID) -> GroupDetails:
        """Put a user into the group, who may be in it already. Raises Forbidden, NotFound."""
        by.require_admin()
        async with self._database.transaction() as connection:
            await queries.group_by_id(connection, group_id)
            await accounts.user_by_id(connection, user_id)
            await queries.add_member(connection, group_id, user_id)
            group = await _look(connection, group_id)
        self._forget_callers()
        return group

    async def remove(self, by: Caller, group_id: UUID, user_id: UUID) -> GroupDetails:
        """Take a user out of the group. Raises Forbidden, NotFound when the user is not in it."""
        by.require_admin()
        async with self._database.transaction() as connection:
            if not await queries.remove_member(connection, group_id, user_id):
                raise NotFound("The user is not in this group", field="user_id")
            group = await _look(connection, group_id)
        self._forget_callers()
        return group


async def _look(connection: Connection, group_id: UUID) -> GroupDetails:
    group = await queries.group_by_id(connection, group_id)
    return _details(group, await queries.members_of(connection, group_id))


def _details(group: Group, members: tuple[Member, ...]) -> GroupDetails:
    return GroupDetails(**msgspec.structs.asdict(group), members=members)


def _checked(changes: GroupChanges) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if changes.name is not msgspec.UNSET:
        values["name"] = _checked_name(changes.name)
    if changes.policy is not msgspec.UNSET:
        values["policy"] = msgspec.to_builtins(changes.policy)
    return values


def _checked_name(name: str) -> str:
    kept = name.strip()
    if not (0 < len(kept) <= NAME_LENGTH and kept.isprintable()):
        raise Invalid(f"name: needs 1 to {NAME_LENGTH} printable characters", field="name", limit=NAME_LENGTH)
    return kept
