"""The rendition that is not encoded, from the upload on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import httpx
import pytest
from tests.processing.video.filming import filmed, indexed, pictures_of_file
from tests.streaming.cinema import Cinema, OnDisk
from tests.streaming.test_http import SOUND, count_of_pictures, lines_of, uploaded

from mediaworks.processing import REMUX, Remuxed, presentation_of
from mediaworks.processing.video.remuxing import remuxed
from mediaworks.streaming.copies import Copies
from mediaworks.testing.service import Service

GROUPS = ("-c:v", "libx264", "-preset", "medium", "-pix_fmt", "yuv420p", "-g", "30")
DASH = "{urn:mpeg:dash:schema:mpd:2011}"


@pytest.fixture(scope="module")
def viewer(service: Service) -> Iterator[httpx.Client]:
    with service.user() as client:
        yield client


@pytest.fixture(scope="module")
def recorded() -> bytes:
    """6 s in groups of 1.2 s, of which two come nearest to a segment of 2 s."""
    return filmed(*SOUND, seconds=6, codec=GROUPS)


@pytest.fixture(scope="module")
def stream(viewer: httpx.Client, recorded: bytes) -> str:
    return f"/api/v1/stream/{uploaded(viewer, recorded)}"


def lengths_of(listed: str) -> list[float]:
    return [float(length) for length in re.findall(r"#EXTINF:([\d.]+)", listed)]


def test_all_players_get_the_very_pictures_of_the_file(viewer: httpx.Client, stream: str, recorded: bytes) -> None:
    assert "source/playlist.m3u8" in lines_of(viewer.get(f"{stream}/hls/playlist.m3u8"))
    listed = viewer.get(f"{stream}/hls/source/playlist.m3u8")
    assert lengths_of(listed.text) == [2.4, 2.4, 1.2]
    init = viewer.get(f"{stream}/hls/source/init.mp4").content
    segments = {name: viewer.get(f"{stream}/hls/source/{name}").content for name in reversed(lines_of(listed))}
    assert pictures_of_file(init + b"".join(segments[f"{n}.m4s"] for n in range(3))) == pictures_of_file(recorded)


def test_dash_lists_it_by_its_own_lengths(viewer: httpx.Client, stream: str) -> None:
    manifest = ElementTree.fromstring(viewer.get(f"{stream}/dash/manifest.mpd").content)
    pictures = manifest.find(f".//{DASH}AdaptationSet[@contentType='video']")
    assert pictures is not None
    assert pictures.get("segmentAlignment") == "false"
    template = pictures.find(f"{DASH}Representation[@id='source']/{DASH}SegmentTemplate")
    assert template is not None
    lines = [line.attrib for line in template.iter(f"{DASH}S")]
    scale = int(template.get("timescale", "1"))
    assert lines == [{"t": "0", "d": str(scale * 12 // 5), "r": "1"}, {"d": str(scale * 6 // 5)}]


def test_it_has_a_picture_for_each_of_its_segments(viewer: httpx.Client, stream: str) -> None:
    stills = lines_of(viewer.get(f"{stream}/hls/source/stills.m3u8"))
    init = viewer.get(f"{stream}/hls/source/init.mp4").content
    shown = [init + viewer.get(f"{stream}/hls/source/{name}").content for name in stills]
    assert [count_of_pictures(one) for one in shown] == [1, 1, 1]


def test_a_clip_has_the_encoded_pictures_of_its_size(viewer: httpx.Client, stream: str) -> None:
    clip = "?start=1&end=4.4"
    (rung,) = lines_of(viewer.get(f"{stream}/hls/playlist.m3u8{clip}"))
    assert rung == f"64p/playlist.m3u8{clip}"
    listed = viewer.get(f"{stream}/hls/{rung}")
    parts = [viewer.get(f"{stream}/hls/64p/{name}").content for name in ("init.mp4", *lines_of(listed))]
    assert sum(lengths_of(listed.text)) == pytest.approx(3.4)
    assert count_of_pictures(b"".join(parts)) == 85
    assert viewer.get(f"{stream}/hls/source/playlist.m3u8{clip}").json()["code"] == "rendition_not_found"
    assert b'id="source"' not in viewer.get(f"{stream}/dash/manifest.mpd{clip}").content


def test_there_is_nothing_behind_its_end(viewer: httpx.Client, stream: str) -> None:
    for name in ("3.m4s", "still-3.m4s"):
        answer = viewer.get(f"{stream}/hls/source/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "segment_not_found")


class CountingSandbox:
    """Of a sandbox what copies need: it cuts here, and counts."""

    def __init__(self) -> None:
        self.asked = 0

    async def run(self, task: Any, descriptor: int, request: Any) -> Remuxed:
        assert task == REMUX
        self.asked += 1
        return remuxed(descriptor, request)


def test_ten_viewers_cost_one_cut_and_no_encoder(tmp_path: Path, recorded: bytes) -> None:
    presentation = presentation_of(indexed(recorded), heights=(64,), segment_seconds=2.0)
    cinema, sandbox = Cinema(tmp_path, seconds=1), CountingSandbox()
    source = presentation.source
    assert source is not None
    film = tmp_path / "recorded.mp4"
    film.write_bytes(recorded)
    playable = replace(cinema.playable, storage_key=str(film), presentation=presentation)

    async def watch() -> set[Path]:
        for _ in range(2):
            copies = Copies(OnDisk(), cast(Any, sandbox), cinema.cache)
            paths = await asyncio.gather(*(copies.segment(playable, source, 1) for _ in range(10)))
            await copies.close()
        return set(paths)

    (path,) = asyncio.run(watch())
    assert path == cinema.cache.folder / playable.key(source) / "1.m4s"
    assert (sandbox.asked, cinema.started, cinema.encoded) == (1, 0, 0)
