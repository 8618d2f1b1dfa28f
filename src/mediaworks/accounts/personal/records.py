from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from mediaworks.accounts import queries as accounts
from mediaworks.accounts.audit.tables import audit_log
from mediaworks.accounts.groups.tables import groups
from mediaworks.accounts.personal import queries
from mediaworks.accounts.service import Accounts
from mediaworks.accounts.tables import api_keys, users
from mediaworks.db import Connection, Database
from mediaworks.db.pages import in_pages
from mediaworks.errors import Conflict
from mediaworks.kit.archive import Entry, json_list


class AccountRecords:
    """The user itself, keys and memberships: the first to close, and the last to go."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        self._database = database
        self._accounts = accounts

    async def export(self, user_id: UUID) -> AsyncIterator[Entry]:
        yield json_list("user.json", in_pages(self._database, queries.user_rows(user_id), users.c.id))
        yield json_list("keys.json", in_pages(self._database, queries.key_rows(user_id), api_keys.c.id))
        yield json_list("groups.json", in_pages(self._database, queries.group_rows(user_id), groups.c.id))
        yield json_list("audit.json", in_pages(self._database, queries.audit_rows(user_id), audit_log.c.number))

    async def close(self, connection: Connection, user_id: UUID) -> None:
        """Let nobody in as this user any more. Raises Conflict for the last administrator."""
        if await accounts.is_last_admin(connection, user_id):
            raise Conflict("The last administrator cannot be erased: make another one first", code="last_admin")
        await queries.close(connection, user_id)

    def forget(self) -> None:
        """Have this process look every caller up again."""
        self._accounts.forget_callers()

    async def erase(self, user_id: UUID) -> None:
        async with self._database.transaction() as connection:
            await queries.make_nameless(connection, user_id)
        self._accounts.forget_callers()
