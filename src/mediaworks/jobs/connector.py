"""Procrastinate's connector with one LISTEN connection for all queues of a process, where each would take its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

import procrastinate
from procrastinate.connector import Notify
from procrastinate.manager import get_channel_for_queues


class SharedConnector(procrastinate.PsycopgConnector):
    """`listen` has to run; what it hears goes to whom `listen_notify` has registered for that channel."""

    def __init__(self, conninfo: str, connections: int) -> None:
        super().__init__(conninfo=conninfo, min_size=1, max_size=connections)
        self._heard_by: dict[str, Notify] = {}

    async def listen(self, queues: Sequence[str]) -> None:
        """Hear of new jobs and cancels until cancelled."""
        await super().listen_notify(self._hear, get_channel_for_queues(queues))

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        self._heard_by |= dict.fromkeys(channels, on_notification)
        await asyncio.Event().wait()

    async def _hear(self, *, channel: str, payload: str) -> None:
        if (hear := self._heard_by.get(channel)) is not None:
            await hear(channel=channel, payload=payload)
