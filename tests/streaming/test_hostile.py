"""Hostile recordings over HTTP: each is refused with a reason or plays, the service goes on, and no process is left."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import httpx
import pytest
from tests.processing.video import crooked
from tests.processing.video.filming import filmed

from mediaworks.testing.service import Service, wait_until

REFUSALS = {415, 422}
NAMES = (
    "playlist.mp4", "script.mp4", "endless.mp4", "tracks.mp4", "samples.mp4", "codec.mp4", "elsewhere.mov", "torn.mp4",
    "empty-inside.mkv",
)  # fmt: skip


@cache
def hostile() -> dict[str, bytes]:
    small = filmed(seconds=2)
    ahead = filmed("-movflags", "+faststart", seconds=3)
    return {
        "playlist.mp4": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "script.mp4": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "endless.mp4": crooked.lasting(small, crooked.TEN_YEARS),
        "tracks.mp4": crooked.with_tracks(small, 10_000),
        "samples.mp4": crooked.with_samples(small, 0xFFFF_FFF0),
        "codec.mp4": crooked.coded_as(small, b"jp2k"),
        "elsewhere.mov": crooked.elsewhere(filmed(seconds=1, suffix="mov"), "/etc/passwd"),
        "torn.mp4": ahead[: len(ahead) // 2],
        "empty-inside.mkv": filmed(seconds=1, suffix="mkv")[:600],
    }


def statuses(client: httpx.Client, name: str, content: bytes) -> list[int]:
    """Of the upload, and if it is taken, of all that plays the recording."""
    uploaded = client.post("/api/v1/media/upload", files={"file": (name, content)})
    if uploaded.status_code != 201:
        return [uploaded.status_code]
    base = f"/api/v1/stream/{uploaded.json()['id']}"
    answers = [client.get(f"{base}/{path}") for path in ("hls/playlist.m3u8", "dash/manifest.mpd")]
    names = {line.split("/")[0] for line in answers[0].text.splitlines() if line.endswith("/playlist.m3u8")}
    answers += [client.get(f"{base}/hls/{rung}/{part}") for rung in names for part in ("init.mp4", "0.m4s")]
    return [answer.status_code for answer in answers]


def programs(service: Service) -> list[int]:
    """Those of ffmpeg that the service has started and that still run."""
    assert service.process is not None
    return [pid for pid in _family(service.process.pid) if b"ffmpeg" in _told(Path(f"/proc/{pid}/cmdline"))]


def _family(pid: int) -> list[int]:
    children = b" ".join(map(_told, Path(f"/proc/{pid}/task").glob("*/children"))).split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _told(path: Path) -> bytes:
    """Nothing of a process that has ended meanwhile."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize("name", NAMES)
def test_it_is_refused_or_plays_and_leaves_nothing(client: httpx.Client, service: Service, name: str) -> None:
    found = statuses(client, name, hostile()[name])
    assert set(found) <= {200} | REFUSALS
    assert name == "torn.mp4" or set(found) & REFUSALS
    wait_until(lambda: not programs(service), seconds=60)  # of other recordings, too: they end when nobody watches
    assert client.get("/health/live").status_code == 200
