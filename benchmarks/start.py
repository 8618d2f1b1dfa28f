"""How long a second start takes until /health/ready answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row
from mediaworks.testing.service import Service


def run(folder: Path) -> Iterator[Row]:
    service = Service(folder / "data")
    times = []
    for _ in range(4):
        began = time.perf_counter()
        service.start()
        times.append(time.perf_counter() - began)
        service.stop()
    first, *later = times
    yield Row("first start with embedded PostgreSQL until ready", f"{first:.1f} s")
    yield Row(
        "second start until ready", f"{min(later):.2f} s (worst of 3: {max(later):.2f} s)", "<3 s", max(later) < 3
    )
