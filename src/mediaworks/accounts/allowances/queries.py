from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from mediaworks.accounts.allowances.model import Allotment
from mediaworks.db import Connection

# What was spent drains evenly. The clock is read after the wait for the row: two at once both see what the other took.
_DRAINED = "greatest(0, a.spent - excluded.amount / excluded.seconds * extract(epoch FROM clock_timestamp() - a.at))"
_SPEND = f"""
INSERT INTO allowances AS a (holder, resource, amount, seconds, spent, at)
SELECT holder, resource, amount, seconds, :count, clock_timestamp()
FROM unnest(CAST(:holders AS text[]), CAST(:resources AS text[]), CAST(:amounts AS float[]), CAST(:seconds AS float[]))
    AS wanted (holder, resource, amount, seconds)
WHERE {{fits}}
ORDER BY holder, resource
ON CONFLICT (holder, resource) DO UPDATE SET spent = {_DRAINED} + :count, amount = excluded.amount,
    seconds = excluded.seconds, at = greatest(a.at, clock_timestamp())
{{if_it_fits}}
RETURNING holder, resource, spent
"""  # noqa: S608
_TAKE = text(_SPEND.format(fits=":count <= amount", if_it_fits=f"WHERE {_DRAINED} + :count <= excluded.amount"))
_CHARGE = text(_SPEND.format(fits="true", if_it_fits=""))
_LEVELS = text(
    "SELECT holder, resource, greatest(0, spent - amount / seconds * extract(epoch FROM clock_timestamp() - at)) AS spent"
    " FROM allowances WHERE (holder, resource) IN"
    " (SELECT * FROM unnest(CAST(:holders AS text[]), CAST(:resources AS text[])))"
)
_FORGET = text("DELETE FROM allowances WHERE at + make_interval(secs => seconds * spent / amount) < clock_timestamp()")

Spent = dict[tuple[str, str], float]


async def take(connection: Connection, count: float, allotments: Sequence[Allotment]) -> Spent:
    """What is spent of each bucket that had `count` left; the others are missing, and unchanged."""
    return await _run(connection, _TAKE, allotments, count=count)


async def charge(connection: Connection, count: float, allotments: Sequence[Allotment]) -> None:
    """Spend `count` (negative: give back) of each bucket."""
    await _run(connection, _CHARGE, allotments, count=count)


async def spent(connection: Connection, allotments: Sequence[Allotment]) -> Spent:
    """What is spent of each bucket of which something was ever taken."""
    values = {name: _columns(allotments)[name] for name in ("holders", "resources")}
    return {(row.holder, row.resource): row.spent for row in await connection.execute(_LEVELS, values)}


async def forget_full(connection: Connection) -> None:
    """Remove the buckets that are full again: one that is not there is full."""
    await connection.execute(_FORGET)


async def _run(connection: Connection, query: Any, allotments: Sequence[Allotment], **more: Any) -> Spent:
    rows = await connection.execute(query, _columns(allotments) | more)
    return {(row.holder, row.resource): row.spent for row in rows}


def _columns(allotments: Sequence[Allotment]) -> dict[str, Any]:
    return {
        "holders": [each.bucket for each in allotments],
        "resources": [each.resource.value for each in allotments],
        "amounts": [float(each.amount) for each in allotments],
        "seconds": [float(each.seconds) for each in allotments],
    }
