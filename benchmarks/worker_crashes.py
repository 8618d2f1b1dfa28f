"""100 times kill -9 of a worker under load: every job ends once in effect."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row
from mediaworks.db.embedded import embedded_postgres
from mediaworks.testing.service import Service, running
from mediaworks.testing.worker_process import (
    LEFT_IN_THE_QUEUE,
    NOT_SUCCEEDED,
    RUN_AGAIN,
    TOLD_TWICE,
    crash_workers,
    rows,
)

CYCLES = int(os.environ.get("CRASH_CYCLES", "100"))


def run(folder: Path) -> Iterator[Row]:
    settings = {"MEDIAWORKS_JOBS_STALLED_AFTER": "2"}
    with (
        embedded_postgres(folder / "postgres") as url,
        running(Service(folder / "data", database_url=url, arguments=("--no-worker",), settings=settings)) as service,
    ):
        crash_workers(service, CYCLES, pictures=12, seconds=0.5)
        jobs, again = len(rows(url, "SELECT id FROM jobs")), len(rows(url, RUN_AGAIN))
        twice, bad = len(rows(url, TOLD_TWICE)), len(rows(url, NOT_SUCCEEDED))
        left = len(rows(url, LEFT_IN_THE_QUEUE))
    what = f"kill -9 of a worker × {CYCLES} under load: {jobs:,} jobs, {again:,} of them run more than once"
    yield Row(what, f"{twice} with two effects", "0", twice == 0)
    yield Row("… jobs that did not succeed", str(bad), "0", bad == 0)
    yield Row("… tickets left in the queue", str(left), "0", left == 0)
