"""From the transaction that queues a job until the job starts in the worker's process."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx

from benchmarks.report import Row, percentile
from mediaworks.testing.service import Service, running, wait_until

JOBS = 200


def run(folder: Path) -> Iterator[Row]:
    with running(Service(folder / "data")) as service, service.client() as client:
        waits = [_wait_of_one(client) for _ in range(JOBS)]
    median = statistics.median(waits)
    shown = f"{median:.1f} ms (median of {JOBS}; p95 {percentile(waits, 0.95):.1f} ms)"
    yield Row("from the beginning of the transaction that queues a job to its start", shown, "<20 ms", median < 20)


def _wait_of_one(client: httpx.Client) -> float:
    """Milliseconds by the database's clock."""
    queued = client.post("/api/v1/media/batch", json={"action": "delete", "ids": ["nothing"]}).json()

    def ended() -> dict[str, str] | None:
        job: dict[str, str] = client.get(f"/api/v1/jobs/{queued['id']}").json()
        return job if job["finished_at"] else None

    job = wait_until(ended)
    return (_moment(job["started_at"]) - _moment(job["created_at"])) * 1000


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
