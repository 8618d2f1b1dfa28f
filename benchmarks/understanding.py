"""From the 201 of a 4K photo until its five thumbnails and both hashes are there."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row
from mediaworks.testing import media
from mediaworks.testing.service import Service, running

ROUNDS = 9


def run(folder: Path) -> Iterator[Row]:
    photo = media.photo(3840, 2160)
    with running(Service(folder / "data")) as service, service.client() as client:
        times = []
        for _ in range(ROUNDS):
            body = client.post("/api/v1/media/upload", files={"file": ("a.jpg", photo)}).json()
            began = time.perf_counter()
            while body["processing_status"] == "pending":
                time.sleep(0.01)
                body = client.get(f"/api/v1/media/{body['id']}").json()
            times.append((time.perf_counter() - began) * 1000)
            assert len(body["thumbnails"]) == 5, body
            assert body["blurhash"], body
    median = statistics.median(times)
    shown = f"{median:.0f} ms (median of {ROUNDS}; worst {max(times):.0f} ms)"
    yield Row("five sizes and both hashes of a 4K photo, after the 201", shown, "<250 ms", median < 250)
