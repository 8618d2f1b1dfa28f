"""Jobs as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.jobs.model import Item, ItemState, Job, State


class CountsView(msgspec.Struct):
    """How many items a batch has, and how they ended so far."""

    total: int
    done: int
    failed: int


class JobView(msgspec.Struct, kw_only=True):
    """A job. `subject` is the id of what it is about; `percent` and `eta_seconds` are None while nobody can tell; `items`
    only of a batch; `attempts`: how often it was begun."""

    id: UUID
    task: str
    queue: str
    state: State
    user_id: UUID | None
    subject: str | None
    priority: int
    attempts: int
    percent: float | None
    stage: str | None
    eta_seconds: float | None
    items: CountsView | None
    result: Any
    error: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobPage(msgspec.Struct):
    items: list[JobView]
    next_cursor: UUID | None


class ItemView(msgspec.Struct):
    """One of a batch: `number` counts from 1, `subject` is the id as it was given."""

    number: int
    subject: str | None
    state: ItemState
    result: Any
    error: dict[str, Any] | None


class ItemPage(msgspec.Struct):
    items: list[ItemView]
    next_cursor: int | None


def job_view(job: Job) -> JobView:
    return JobView(
        id=job.id,
        task=job.task,
        queue=job.queue,
        state=job.state,
        user_id=job.user_id,
        subject=job.subject,
        priority=job.priority,
        attempts=job.attempts,
        percent=None if job.share is None else round(100 * job.share, 1),
        stage=job.stage,
        eta_seconds=None if job.eta_seconds is None else round(job.eta_seconds, 1),
        items=None if job.total is None else CountsView(job.total, job.done, job.failed),
        result=job.result,
        error=job.error,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def item_view(item: Item) -> ItemView:
    return ItemView(item.number, item.subject, item.state, item.result, item.error)
