"""The same done to many media objects: one job, and an outcome for each."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller, Scope
from mediaworks.db import Connection, Database
from mediaworks.errors import Invalid
from mediaworks.jobs import Item, Job, Priority, RunningJob, Task, enqueue_batch, work_through
from mediaworks.jobs.batches import check_size, failed_item
from mediaworks.media.model import Changes
from mediaworks.media.service import MediaLibrary, checked

BATCH = "media.batch"


class Action(StrEnum):
    DELETE = "delete"
    RESTORE = "restore"
    PURGE = "purge"
    UPDATE = "update"


class MediaBatches:
    def __init__(self, database: Database, library: MediaLibrary) -> None:
        self._database = database
        self._library = library

    def tasks(self) -> tuple[Task, ...]:
        return (Task(BATCH, "housekeeping", self.run),)

    async def order(self, caller: Caller, action: Action, ids: Sequence[str], changes: Changes | None) -> Job:
        """Have a job do it to each. What is no id, or not the caller's, fails by itself.

        Raises Forbidden without the scope, Invalid for none or too many, and for changes that cannot be.
        """
        caller.require(Scope.MEDIA_WRITE)
        check_size("ids", ids)
        _check_changes(action, changes)
        items = [_item(number, media_id) for number, media_id in enumerate(ids, 1)]
        async with self._database.transaction() as connection:
            return await enqueue_batch(
                connection,
                BATCH,
                queue="housekeeping",
                user_id=caller.user_id,
                items=items,
                priority=Priority.BULK,
                action=action,
                caller=msgspec.to_builtins(caller),
                changes=msgspec.to_builtins(changes),
            )

    async def run(self, job: RunningJob, action: str, caller: Any, changes: Any) -> dict[str, int]:
        """Go through the items, with the rights of who asked."""
        who, what = msgspec.convert(caller, Caller), msgspec.convert(changes, Changes | None)

        async def act(connection: Connection, item: Item) -> dict[str, Any]:
            await self._act(connection, who, Action(action), UUID(item.subject), what)
            return {"media_id": item.subject}

        return await work_through(self._database, job, act)

    async def _act(
        self, connection: Connection, caller: Caller, action: Action, media_id: UUID, changes: Changes | None
    ) -> None:
        match action:
            case Action.DELETE:
                await self._library.delete_in(connection, caller, media_id)
            case Action.RESTORE:
                await self._library.restore_in(connection, caller, media_id)
            case Action.PURGE:
                await self._library.purge_in(connection, caller, media_id)
            case Action.UPDATE:
                await self._library.change_in(connection, caller, media_id, changes or Changes())


def _check_changes(action: Action, changes: Changes | None) -> None:
    if (action is Action.UPDATE) != (changes is not None):
        raise Invalid("changes: are given with the action update, and only with it", field="changes")
    if changes is not None and not checked(changes):
        raise Invalid("changes: name at least one of original_name, tags, visibility, metadata", field="changes")


def _item(number: int, media_id: str) -> Item:
    try:
        return Item(number=number, subject=str(UUID(media_id)))
    except ValueError:
        return failed_item(number, media_id, Invalid(f"ids: {media_id} is no id", field="ids"))
