"""Recordings for benchmarks: made by ffmpeg, uploaded, understood, worked on."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from mediaworks.processing import ffmpeg
from mediaworks.testing.service import wait_until

PATIENCE = 600.0
GLANCE_SECONDS = 0.5  # between looks at a job: each takes from the processors what is measured


def encoded(made: Path, graph: str, *options: str) -> Path:
    """What the sources of libavfilter in `graph` give."""
    return _ffmpeg("-f", "lavfi", "-i", graph, *options, made)


def repeated(scene: Path, made: Path, times: int) -> Path:
    """The same so many times, without encoding it again."""
    return _ffmpeg("-stream_loop", str(times - 1), "-i", scene, "-c", "copy", *_index_in_front(made), made)


def uploaded(client: httpx.Client, recording: Path) -> str:
    """The id of the object, once nothing is done to it any more."""
    with recording.open("rb") as file:
        answer = client.post("/api/v1/media/upload", files={"file": (recording.name, file)}).raise_for_status()
    media_id = str(answer.json()["id"])
    wait_until(lambda: not _is_busy(client, media_id), PATIENCE)
    return media_id


def seconds_of_job(
    client: httpx.Client, media_id: str, output: Mapping[str, Any], operations: Sequence[Mapping[str, Any]] = ()
) -> float:
    """How long the job of a recipe works, from its beginning to its end; then waits until nothing is done to what it made.
    Raises AssertionError when it fails."""
    recipe = {"operations": list(operations), "output": output}
    answer = client.post(f"/api/v1/process/{media_id}", json=recipe).raise_for_status()
    job = wait_until(lambda: _ended(client, answer.json()["job_id"]), PATIENCE)
    assert job["state"] == "succeeded", job
    made = job["result"]["media_ids"] if "media_ids" in job["result"] else [job["result"]["media_id"]]
    wait_until(lambda: not any(_is_busy(client, one) for one in made), PATIENCE)
    return (datetime.fromisoformat(job["finished_at"]) - datetime.fromisoformat(job["started_at"])).total_seconds()


def _ended(client: httpx.Client, job_id: str) -> dict[str, Any] | None:
    time.sleep(GLANCE_SECONDS)
    job: dict[str, Any] = client.get(f"/api/v1/jobs/{job_id}").json()
    return job if job["finished_at"] else None


def _is_busy(client: httpx.Client, media_id: str) -> bool:
    if client.get(f"/api/v1/media/{media_id}").json()["processing_status"] == "pending":
        return True
    jobs = client.get("/api/v1/jobs", params={"subject": media_id}).json()["items"]
    return any(job["finished_at"] is None for job in jobs)


def _index_in_front(made: Path) -> tuple[str, ...]:
    return ("-movflags", "+faststart") if made.suffix in {".mp4", ".m4a"} else ()


def _ffmpeg(*arguments: str | Path) -> Path:
    *_, made = arguments
    subprocess.run([ffmpeg("").path, "-nostdin", "-v", "error", "-y", *arguments], check=True)
    return Path(made)
