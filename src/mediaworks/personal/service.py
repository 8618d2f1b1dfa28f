"""Export and erasure of a user's data, over all rooms that keep any."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import UUID

from mediaworks.accounts import Caller, Scope
from mediaworks.accounts import queries as accounts
from mediaworks.accounts.personal.records import AccountRecords
from mediaworks.db import Database
from mediaworks.errors import Invalid, NotFound
from mediaworks.jobs import RunningJob, Task, enqueue
from mediaworks.kit.archive import Entry, zipped
from mediaworks.kit.clock import now
from mediaworks.personal.port import PersonalData

ERASE = "personal.erase"
ERASE_SECONDS = 24 * 3600.0
LAST_REQUESTS = timedelta(seconds=5)  # what was let in before the account was closed ends first


class Personal:
    def __init__(self, database: Database, account: AccountRecords, rooms: Sequence[PersonalData]) -> None:
        """`rooms` are erased in this order, and the account at last."""
        self._database = database
        self._account = account
        self._rooms = (*rooms, account)

    async def export(self, by: Caller, user_id: UUID) -> AsyncIterator[bytes]:
        """A ZIP archive of all that is kept of the user. Raises NotFound unless the user itself or an administrator asks."""
        await self._require(by, user_id)
        return zipped(self._entries(user_id))

    async def erase(self, by: Caller, user_id: UUID, name: str) -> UUID:
        """Close the account at once, and have all of its data removed by a job, whose id this returns; `name` is the user's,
        as a confirmation.

        Raises NotFound, Invalid for another name, Conflict for the last administrator.
        """
        known = await self._require(by, user_id)
        if name != known:
            raise Invalid("name: must be the name of the user whose data is to go", field="name")
        async with self._database.transaction() as connection:
            await self._account.close(connection, user_id)
            job_id = await enqueue(
                connection,
                ERASE,
                queue="housekeeping",
                user_id=None if by.user_id == user_id else by.user_id,
                subject=user_id,
                dedup=f"{ERASE} {user_id}",
                run_at=now() + LAST_REQUESTS,
                whose=str(user_id),
            )
        self._account.forget()
        return job_id

    def tasks(self) -> tuple[Task, ...]:
        return (Task(ERASE, "housekeeping", self.run, retries=20, timeout=ERASE_SECONDS),)

    async def run(self, job: RunningJob, whose: str) -> None:
        """The job: room by room, again from the first when one cannot yet."""
        for done, room in enumerate(self._rooms):
            await job.progress(done / len(self._rooms))
            await room.erase(UUID(whose))

    async def _require(self, by: Caller, user_id: UUID) -> str:
        """The user's name."""
        by.require(Scope.ACCOUNTS)
        if by.user_id != user_id and not by.is_admin:
            raise NotFound("There is no such user", field="user_id")
        async with self._database.reading() as connection:
            return (await accounts.user_by_id(connection, user_id)).name

    async def _entries(self, user_id: UUID) -> AsyncIterator[Entry]:
        for room in self._rooms[::-1]:
            async for entry in room.export(user_id):
                yield entry
