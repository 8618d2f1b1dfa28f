from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select, update

from mediaworks.db import Connection
from mediaworks.jobs.model import FINISHED
from mediaworks.jobs.tables import jobs

_SHOWN = (
    "id", "queue", "task", "subject", "arguments", "state", "result", "error", "created_at", "started_at", "finished_at",
)  # fmt: skip


def job_rows(user_id: UUID) -> Select[Any]:
    return select(*(jobs.c[name] for name in _SHOWN)).where(jobs.c.user_id == user_id)


async def forget_all_of(connection: Connection, user_id: UUID) -> None:
    """Remove what has ended; what is under way ends as nobody's."""
    mine = jobs.c.user_id == user_id
    await connection.execute(delete(jobs).where(mine, jobs.c.state.in_(FINISHED)))
    await connection.execute(update(jobs).where(mine).values(user_id=None))
