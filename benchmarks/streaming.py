"""How soon a recording plays after its upload, whatever its length, and what watching costs."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from benchmarks.processes import api_processes, family, resident
from benchmarks.recordings import encoded, repeated
from benchmarks.report import Row
from mediaworks.testing.service import Service, running

SIZE = "1920x1080"
RUNG = "720p"
SCENE_SECONDS = 10
LENGTHS = {"1 minute": 60, "2 hours": 7_200}
SEEKS = 5
VIEWERS = 10
ROOM = 64 << 20


def run(folder: Path) -> Iterator[Row]:
    scene = _scene(folder)
    with running(Service(folder / "data")) as service, service.client() as client:
        client.timeout = httpx.Timeout(600)
        before = sum(map(resident, api_processes(service)))
        for name, seconds in LENGTHS.items():
            recording = repeated(scene, folder / f"{seconds}.mp4", seconds // SCENE_SECONDS)
            media_id, first = _until_first_segment(client, recording)
            yield Row(f"1080p of {name}: upload acknowledged → first segment", f"{first:.2f} s", "≤2 s", first <= 2)
        playlist = f"/api/v1/stream/{media_id}/hls/{RUNG}"
        segments = client.get(f"{playlist}/playlist.m3u8").text.count("#EXTINF")
        times = [_seconds(client, f"{playlist}/{segments * n // (SEEKS + 2)}.m4s") for n in range(1, SEEKS + 1)]
        median = statistics.median(times)
        shown = f"{median:.2f} s (median of {SEEKS}; worst {max(times):.2f} s)"
        yield Row(f"seek to a cold place, {RUNG} rung", shown, "≤1.5 s", median <= 1.5)
        cold = f"{playlist}/{segments * (SEEKS + 1) // (SEEKS + 2)}.m4s"
        encodes = _encodes_of(service, client, cold)
        yield Row(f"{VIEWERS} viewers of the same cold place", f"{encodes} encode(s)", "1", encodes == 1)
        grown = sum(map(resident, api_processes(service))) - before
        yield Row("memory of the API process after it", f"{grown / (1 << 20):+.0f} MiB", "≤+64 MiB", grown <= ROOM)


def _scene(folder: Path) -> Path:
    """A moving picture with sound; what is longer repeats it."""
    return encoded(
        folder / "scene.mp4",
        f"testsrc2=size={SIZE}:rate=30:duration={SCENE_SECONDS}[out0];"
        f"sine=frequency=440:sample_rate=48000:duration={SCENE_SECONDS}[out1]",
        "-c:v", "libx264", "-preset", "veryfast", "-b:v", "1M", "-g", "60", "-pix_fmt", "yuv420p", "-c:a", "aac",
    )  # fmt: skip


def _until_first_segment(client: httpx.Client, recording: Path) -> tuple[str, float]:
    """The id of the upload, and the seconds from its 201 until a player that follows the lists has a segment."""
    with recording.open("rb") as file:
        answer = client.post("/api/v1/media/upload", files={"file": (recording.name, file)}).raise_for_status()
    began = time.perf_counter()
    media_id = str(answer.json()["id"])
    base = f"/api/v1/stream/{media_id}/hls"
    master = client.get(f"{base}/playlist.m3u8").raise_for_status().text
    rung = next(line for line in master.splitlines() if line and not line.startswith("#")).split("/")[0]
    for part in ("playlist.m3u8", "init.mp4", "0.m4s"):
        client.get(f"{base}/{rung}/{part}").raise_for_status()
    return media_id, time.perf_counter() - began


def _seconds(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    client.get(path).raise_for_status()
    return time.perf_counter() - began


def _encodes_of(service: Service, client: httpx.Client, path: str) -> int:
    """How many runs of ffmpeg start while all viewers ask for it at the same time."""
    with _programs(service) as seen, ThreadPoolExecutor(VIEWERS) as viewers:
        before = set(seen)
        for answer in viewers.map(client.get, [path] * VIEWERS):
            answer.raise_for_status()
    return len(seen - before)


@contextmanager
def _programs(service: Service) -> Iterator[set[int]]:
    """The ids of ffmpeg's processes below the service that are seen until the block ends, those that run already at once."""
    assert service.process is not None
    own, seen, over = service.process.pid, set[int](), threading.Event()

    def look() -> None:
        with suppress(FileNotFoundError):  # of a process that ends meanwhile
            seen.update(pid for pid in family(own) if b"ffmpeg" in _command(pid))

    def watch() -> None:
        while not over.wait(0.01):
            look()

    look()
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
