"""From the commit of a change until an SSE client has its event."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.report import Row, percentile
from mediaworks.testing import media
from mediaworks.testing.service import Service, running, wait_until

CHANGES = int(os.environ.get("EVENT_CHANGES", "300"))
CLIENTS = 10


def run(folder: Path) -> Iterator[Row]:
    """The clock runs from the request of a change, so longer than from its commit."""
    with running(Service(folder / "data")) as service, service.client() as client:
        media_id = client.post("/api/v1/media/upload", files={"file": ("a.pdf", media.PDF)}).json()["id"]
        arrivals: list[float] = []
        opened = [_listen(service, arrivals) for _ in range(CLIENTS)]
        wait_until(lambda: all(one.is_set() for one in opened))
        taken = [took for number in range(CHANGES) for took in _change(client, media_id, number, arrivals)]
    median = statistics.median(taken)
    shown = f"{median:.1f} ms (p95 {percentile(taken, 0.95):.1f} ms, {CHANGES} changes, {CLIENTS} clients)"
    yield Row("from the request of a change until an SSE client has its event, p50", shown, "<50 ms", median < 50)


def _change(client: httpx.Client, media_id: str, number: int, arrivals: list[float]) -> list[float]:
    """Milliseconds until each client has heard of it."""
    began = time.perf_counter()
    arrivals.clear()
    client.patch(f"/api/v1/media/{media_id}", json={"original_name": f"{number}.pdf"}).raise_for_status()
    wait_until(lambda: len(arrivals) == CLIENTS)
    return [1000 * (arrived - began) for arrived in arrivals]


def _listen(service: Service, arrivals: list[float]) -> threading.Event:
    """A client that writes down when it hears of an event."""
    opened = threading.Event()

    def read() -> None:
        headers = {"x-api-key": service.admin_key}
        address = f"{service.url}/api/v1/events?types=media.updated"
        try:
            with httpx.stream("GET", address, headers=headers, timeout=None, trust_env=False) as response:
                for line in response.iter_lines():
                    now = time.perf_counter()
                    opened.set()
                    if line.startswith("data: "):
                        arrivals.append(now)
        except httpx.HTTPError:
            return

    threading.Thread(target=read, daemon=True).start()
    return opened
