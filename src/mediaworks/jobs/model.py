"""Jobs as their owners see them."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.kit.clock import now

QUEUES = ("probe", "image", "video", "audio", "generation", "import", "deliver", "housekeeping")
"""Kinds of work; each has places of its own in every worker."""


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = (State.QUEUED, State.RUNNING)
FINISHED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})


class Priority(IntEnum):
    """Of two jobs in a queue the more urgent starts first; of equal ones the older."""

    URGENT = 10
    NORMAL = 0
    BULK = -10


class ItemState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One of the things that a batch does; `number` counts from 1 in the order in which they were asked for."""

    number: int
    subject: str | None = None
    arguments: dict[str, Any] = {}
    state: ItemState = ItemState.WAITING
    result: Any = None
    error: dict[str, Any] | None = None


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job. `ticket`: its number in Procrastinate's queue; a batch that only waits for its items has none. `attempts`:
    how often it was begun, `failures`: how often in vain. `fraction` of the work is done, from 0 to 1. `total`, `done`
    and `failed` count a batch's items."""

    id: UUID
    ticket: int | None
    queue: str
    task: str
    user_id: UUID | None
    subject: str | None
    arguments: dict[str, Any]
    priority: int
    lock: str | None
    dedup: str | None
    state: State
    attempts: int
    failures: int
    fraction: float | None
    stage: str | None
    result: Any
    error: dict[str, Any] | None
    total: int | None
    done: int
    failed: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1; None while nobody knows."""
        if self.state is State.SUCCEEDED:
            return 1.0
        if self.total:
            return (self.done + self.failed) / self.total
        return self.fraction

    @property
    def eta_seconds(self) -> float | None:
        """How long it may still take, should it go on at its pace so far."""
        if self.state is not State.RUNNING or not self.share or self.started_at is None:
            return None
        return (now() - self.started_at).total_seconds() * (1 - self.share) / self.share
