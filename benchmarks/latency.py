"""GET of one media object by wrk on one API process."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row
from mediaworks.testing import media
from mediaworks.testing.service import Service, running, wait_until


def run(folder: Path) -> Iterator[Row]:
    if not shutil.which("wrk"):
        yield Row("GET of one media object", "wrk is not installed")
        return
    with running(Service(folder / "data")) as service, service.client() as client:
        media_id = client.post("/api/v1/media/upload", files={"file": ("a.jpg", media.photo(2600, 1800))}).json()["id"]
        wait_until(lambda: client.get(f"/api/v1/media/{media_id}").json()["processing_status"] == "ready")
        command = [
            "wrk",
            "-t1",
            "-c8",
            "-d6",
            "-H",
            f"X-API-Key: {service.admin_key}",
            f"{service.url}/api/v1/media/{media_id}",
        ]
        rates = [_rate(command) for _ in range(4)]
    best = max(rates)
    shown = f"{best:.0f} req/s (best of {', '.join(f'{rate:.0f}' for rate in rates)})"
    yield Row("GET of one media object with five thumbnails, one API process", shown, "≥2,000 req/s", best >= 2000)


def _rate(command: list[str]) -> float:
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in output, output
    match = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert match is not None
    return float(match[1])
