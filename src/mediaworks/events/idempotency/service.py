"""Which request with a key runs, which gets the answer of before, and which must wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from mediaworks.db import Connection, Database
from mediaworks.db.presence import Presence, is_gone
from mediaworks.errors import Conflict, KeyReused
from mediaworks.events.idempotency import queries
from mediaworks.events.idempotency.config import IdempotencyConfig
from mediaworks.events.idempotency.model import Answer, Kept, Running
from mediaworks.events.idempotency.sealing import hash_of, seal, unseal
from mediaworks.kit.clock import now
from mediaworks.kit.ids import new_id

NAMED_EFFECTS = 20


class Idempotency:
    """Each running request is held by its process: what a process that died had not finished may be run anew, unless
    it had noted a change, or events tell of one."""

    def __init__(self, database: Database, presence: Presence, config: IdempotencyConfig) -> None:
        self._database = database
        self._presence = presence
        self._config = config
        self._running: set[UUID] = set()

    async def begin(self, user_id: UUID, key: str, request: bytes) -> Running | Kept:
        """`request`: the fingerprint of all but the body. Raises KeyReused when the key came with another request, and
        Conflict while the first is running, or when nobody knows how it ended."""
        async with self._database.transaction() as connection:
            found = await self._find(connection, user_id, key, request)
            if isinstance(found, Running):
                self._running.add(found.id)
        return found

    async def _find(self, connection: Connection, user_id: UUID, key: str, request: bytes) -> Running | Kept:
        mine, key_hash, holder = Running(new_id()), hash_of(key), self._presence.process_id
        if await queries.insert(
            connection, mine.id, user_id=user_id, key_hash=key_hash, request=request, holder=holder
        ):  # fmt: skip
            return mine
        row = await queries.lock(connection, user_id=user_id, key_hash=key_hash)
        return await self._known(connection, row, key, request)

    async def _known(self, connection: Connection, row: Any, key: str, request: bytes) -> Running | Kept:
        if row is None:
            raise in_progress()  # it was forgotten just now: the next try finds it new
        if row.request != request:
            raise KeyReused("Idempotency-Key: came before with another request")
        if row.answer is not None:
            return Kept(row.body, unseal(key, row.answer))
        if await self._is_running(connection, row):
            raise in_progress()
        effects = await queries.effects_of(connection, row.id, NAMED_EFFECTS)
        if effects or row.changed:
            raise Conflict(
                "The first request with this Idempotency-Key broke off after it had changed something",
                code="idempotency_outcome_unknown",
                effects=effects,
            )
        await queries.take_over(connection, row.id, request=request, holder=self._presence.process_id)
        return Running(row.id)

    async def _is_running(self, connection: Connection, row: Any) -> bool:
        if row.holder is None:
            return False
        if row.holder == self._presence.process_id:
            return row.id in self._running
        return not await is_gone(connection, row.holder)

    async def note_change(self, running: Running, connection: Connection) -> None:
        """Say in a transaction of the request that it has changed something."""
        await queries.note_change(connection, running.id)

    async def keep(self, running: Running, key: str, body: bytes, answer: Answer) -> None:
        """Give `answer` to whoever comes with the key and a body of the fingerprint `body` from now on."""
        async with self._database.transaction() as connection:
            await queries.keep(connection, running.id, body=body, answer=seal(key, answer))
        self._running.discard(running.id)

    async def release(self, running: Running) -> None:
        """The request ended without an answer that is kept: it may be sent again."""
        self._running.discard(running.id)
        async with self._database.transaction() as connection:
            await queries.release(connection, running.id)

    async def forget_old(self) -> None:
        async with self._database.transaction() as connection:
            await queries.forget(connection, now() - timedelta(hours=self._config.keep_hours))


def in_progress() -> Conflict:
    return Conflict(
        "The first request with this Idempotency-Key is still running", code="idempotency_in_progress", retry_after=1
    )
