"""Changes of a job's state: each tells of itself in its own transaction."""

from __future__ import annotations

from typing import Any

import msgspec

from mediaworks.db import Connection
from mediaworks.errors import MediaworksError
from mediaworks.events import Event, record
from mediaworks.jobs import queries
from mediaworks.jobs.model import Job


async def announce(connection: Connection, job: Job) -> None:
    """Have those who watch the job see it as it is now; that it has ended is an event, when it is somebody's."""
    await queries.notify(connection, job.id)
    if job.is_finished and job.user_id is not None:
        told: dict[str, Any] = {"task": job.task, "queue": job.queue, "subject": job.subject}
        if job.error is not None:
            told["error"] = job.error
        await record(connection, Event(f"job.{job.state}", job.id, job.user_id, told))


def told(reason: MediaworksError) -> dict[str, Any]:
    """An error as it is kept beside what it ended."""
    facts = msgspec.to_builtins(reason.facts, enc_hook=lambda fact: int(fact) if isinstance(fact, int) else str(fact))
    return {"code": reason.code, "detail": reason.detail, **facts}
