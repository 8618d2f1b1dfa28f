"""2,000 runs of interleaved operations on resumable uploads, each beside a byte model."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row
from mediaworks import settings as configuration
from mediaworks.db.embedded import embedded_postgres
from mediaworks.testing.upload_model import compare

RUNS = int(os.environ.get("MODEL_RUNS", "2000"))


def run(folder: Path) -> Iterator[Row]:
    with embedded_postgres(folder / "postgres") as url:
        began = time.monotonic()
        runs, steps = compare(configuration.load(data_dir=folder / "data").with_database(url), RUNS)
        minutes = (time.monotonic() - began) / 60
    yield Row(
        "random operations on resumable uploads that equal a byte model",
        f"{runs:,} runs, {steps:,} operations in {minutes:.0f} min",
        f"≥{RUNS:,} runs",
        runs >= RUNS,
    )
