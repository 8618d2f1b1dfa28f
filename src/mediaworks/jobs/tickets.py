"""Tickets: a job's places in Procrastinate's queue.

A ticket is a row of Procrastinate's that carries nothing but the job's id. A job has one at a time: whoever comes with
another finds nothing to do. A worker that was taken for dead and comes back can therefore neither begin nor end what
another has begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, bindparam, text

from mediaworks.db import Connection

_NEW = text("""
    WITH numbered AS (
        SELECT id, CASE WHEN state = 'cancelled' THEN 'housekeeping' ELSE queue END AS queue, task, priority,
            CASE WHEN state = 'cancelled' THEN NULL ELSE lock END AS lock, row_number() OVER (ORDER BY id) AS place
        FROM jobs WHERE id = ANY(:ids)
    ), tickets AS (
        SELECT * FROM unnest(procrastinate_defer_jobs_v1(ARRAY(
            SELECT ROW(queue::varchar, task::varchar, priority, lock, NULL, jsonb_build_object('job_id', id), NULL)
                ::procrastinate_job_to_defer_v1 FROM numbered ORDER BY place
        ))) WITH ORDINALITY AS t(ticket, place)
    )
    UPDATE jobs SET ticket = tickets.ticket, updated_at = now()
    FROM numbered JOIN tickets USING (place) WHERE jobs.id = numbered.id
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_STALLED = text("""
    SELECT tickets.id FROM procrastinate_jobs AS tickets
    LEFT JOIN procrastinate_workers AS workers ON workers.id = tickets.worker_id
    LEFT JOIN jobs ON jobs.ticket = tickets.id
    WHERE tickets.status = 'doing' AND (
        workers.id IS NULL OR workers.last_heartbeat < now() - make_interval(secs => :seconds)
        OR jobs.state <> 'running' AND jobs.updated_at < now() - make_interval(secs => :seconds)
    )
    UNION ALL SELECT ticket FROM jobs
    WHERE state IN ('queued', 'running') AND ticket IS NOT NULL AND updated_at < now() - make_interval(secs => :seconds)
        AND NOT EXISTS (SELECT FROM procrastinate_jobs WHERE id = ticket)
""")
_TICKETS = bindparam("tickets", type_=ARRAY(BigInteger))
_TEAR = text("DELETE FROM procrastinate_jobs WHERE id = ANY(:tickets)").bindparams(_TICKETS)
_TEAR_WAITING = text("DELETE FROM procrastinate_jobs WHERE id = :ticket AND status = 'todo'")
_ABORT = text("SELECT procrastinate_cancel_job_v1(:ticket, true, false)")
_ALIVE = text(
    "SELECT EXISTS (SELECT FROM procrastinate_workers"
    " WHERE last_heartbeat > now() - make_interval(secs => CAST(:seconds AS double precision)))"
)


async def draw_new(connection: Connection, job_ids: Sequence[UUID]) -> None:
    """Queue these jobs (again) at once. Those that are cancelled come for what their task does then, past the others."""
    await connection.execute(_NEW, {"ids": list(job_ids)})


async def stalled(connection: Connection, seconds: float) -> list[int]:
    """Tickets whose worker showed no sign of life for so long, or that it could not give back when it had ended them; and
    those that a worker threw away, because it is of an older version and does not know their task."""
    return list((await connection.execute(_STALLED, {"seconds": float(seconds)})).scalars())


async def tear(connection: Connection, tickets: Sequence[int]) -> None:
    """Take tickets out of the queue, also from the worker that has them."""
    await connection.execute(_TEAR, {"tickets": list(tickets)})


async def tear_waiting(connection: Connection, ticket: int) -> None:
    """Take a ticket out of the queue unless a worker has it."""
    await connection.execute(_TEAR_WAITING, {"ticket": ticket})


async def abort(connection: Connection, ticket: int) -> None:
    """Have the worker that has the ticket end what it does, once the transaction is committed."""
    await connection.execute(_ABORT, {"ticket": ticket})


async def worker_is_alive(connection: Connection, seconds: float) -> bool:
    """Whether any worker showed a sign of life in the last `seconds`."""
    return bool((await connection.execute(_ALIVE, {"seconds": seconds})).scalar_one())
