from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.jobs import Job, State
from mediaworks.jobs.view import JobView, job_view
from mediaworks.media import Media, Processing
from mediaworks.transformations.service import Progress


class Status(StrEnum):
    """How far work is, in the first contract's words."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


_OF_JOB = {
    State.QUEUED: Status.PENDING,
    State.RUNNING: Status.IN_PROGRESS,
    State.SUCCEEDED: Status.COMPLETED,
    State.FAILED: Status.FAILED,
    State.CANCELLED: Status.CANCELLED,
}
_OF_OBJECT = {
    Processing.PENDING: Status.PENDING,
    Processing.READY: Status.COMPLETED,
    Processing.FAILED: Status.FAILED,
}


class ProcessView(JobView, kw_only=True):
    """A job, and the media object that it makes something of; what it made stands in `result` when it is done."""

    job_id: UUID
    media_id: UUID
    status: Status
    progress: float
    status_url: str


class StatusView(msgspec.Struct, kw_only=True):
    """How far the newest work on a media object is: `progress` in percent; `result` names what was made (`media_id`).
    Without a `job`: how far the object itself is understood."""

    media_id: UUID
    status: Status
    progress: float
    stage: str | None
    result: Any
    error: dict[str, Any] | None
    job: JobView | None


def process_view(job: Job, media_id: UUID) -> ProcessView:
    return ProcessView(
        **msgspec.structs.asdict(job_view(job)),
        job_id=job.id,
        media_id=media_id,
        status=_OF_JOB[job.state],
        progress=_percent(job),
        status_url=f"/api/v1/process/{media_id}/status",
    )


def status_view(found: Progress) -> StatusView:
    if found.job is None:
        return _of_object(found.media)
    job = found.job
    return StatusView(
        media_id=found.media.id,
        status=_OF_JOB[job.state],
        progress=_percent(job),
        stage=job.stage,
        result=job.result,
        error=job.error,
        job=job_view(job),
    )


def _of_object(media: Media) -> StatusView:
    status = _OF_OBJECT[media.processing_status]
    return StatusView(
        media_id=media.id,
        status=status,
        progress=100.0 if status is Status.COMPLETED else 0.0,
        stage=None,
        result=None,
        error=media.processing_error,
        job=None,
    )


def _percent(job: Job) -> float:
    return round(100 * (job.share or 0.0), 1)
