"""Putting a job into Procrastinate's queue with its own SQL function, on the connection of the caller's transaction.

So there is never a row without its job nor a job without its row, whatever happens in between.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import text

from mediaworks.db import Connection

_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW("
    "CAST(:queue AS varchar), CAST(:task AS varchar), CAST(:priority AS integer), CAST(:lock AS text), NULL,"
    " CAST(:args AS jsonb), NULL)::procrastinate_job_to_defer_v1])"
)
_ALIVE = text(
    "SELECT EXISTS (SELECT FROM procrastinate_workers"
    " WHERE last_heartbeat > now() - make_interval(secs => CAST(:seconds AS double precision)))"
)


async def enqueue(
    connection: Connection,
    task: str,
    *,
    queue: str,
    lock: str | None = None,
    priority: int = 0,
    **arguments: Any,
) -> None:
    """Queue `task` with JSON-able `arguments`; it starts once the caller's transaction has been committed.

    Jobs with the same `lock` run one after another.
    """
    values = {
        "queue": queue,
        "task": task,
        "priority": priority,
        "lock": lock,
        "args": msgspec.json.encode(arguments).decode(),
    }
    await connection.execute(_DEFER, values)


async def worker_is_alive(connection: Connection, seconds: float) -> bool:
    """Whether any worker showed a sign of life in the last `seconds`."""
    return bool((await connection.execute(_ALIVE, {"seconds": seconds})).scalar_one())
