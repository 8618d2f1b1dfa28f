"""What a row of the audit log costs the request that waits for it, alone and beside 31 others, on a PostgreSQL that syncs."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from benchmarks.report import Row
from mediaworks.accounts.audit import AuditConfig, AuditLog, Entry
from mediaworks.db import Database, DatabaseConfig
from mediaworks.db.embedded import embedded_postgres
from mediaworks.db.migrate import migrate
from mediaworks.kit.clock import now

ROWS = 2_000
VERIFIED_PER_SECOND = 10_000


def run(folder: Path) -> Iterator[Row]:
    with embedded_postgres(folder / "postgres") as url:
        migrate(url)
        yield from asyncio.run(_measured(url))


async def _measured(url: str) -> list[Row]:
    database = Database(DatabaseConfig(url=url))
    log = AuditLog(database, AuditConfig())
    alone, at_once = await _appended(log, 1), await _appended(log, 32)
    started = time.perf_counter()
    verdict = await log.verify()
    rate = verdict.rows / (time.perf_counter() - started)
    await database.close()
    return [
        Row("Audit: a row, one request at a time", f"{alone[0]:.2f} ms p50, {alone[1]:.0f} rows/s", "", None),
        Row("Audit: a row, 32 requests at once", f"{at_once[0]:.2f} ms p50, {at_once[1]:.0f} rows/s", "", None),
        Row("Audit: verify", f"{rate:.0f} rows/s", f"≥{VERIFIED_PER_SECOND:,} rows/s", rate >= VERIFIED_PER_SECOND),
    ]


async def _appended(log: AuditLog, at_once: int) -> tuple[float, float]:
    """Milliseconds that a request waits (p50), and rows a second."""
    waits: list[float] = []

    async def requests() -> None:
        for _ in range(ROWS // at_once):
            started = time.perf_counter()
            await log.append(_entry())
            waits.append(1000 * (time.perf_counter() - started))

    started = time.perf_counter()
    await asyncio.gather(*(requests() for _ in range(at_once)))
    return statistics.median(waits), len(waits) / (time.perf_counter() - started)


def _entry() -> Entry:
    return Entry(
        at=now(), user_id=UUID(int=1), key_id=UUID(int=2), role="user", action="patchApiV1MediaMediaId", method="PATCH",
        path=f"/api/v1/media/{UUID(int=3)}", target=str(UUID(int=3)), address="192.0.2.1", status=200, code=None,
        details={"request_id": str(UUID(int=4))},
    )  # fmt: skip
