"""What people watch with plays: hls.js, dash.js and Shaka Player, by the samples of the documentation, in a real browser."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from conformance.players import PLAYERS, watched
from conformance.world import Skipped
from tests.streaming.recordings import recorded, written

from mediaworks.testing.service import Service, running

pytestmark = pytest.mark.long

SETTINGS = {"MEDIAWORKS_STREAMING_HEIGHTS": "180,90", "MEDIAWORKS_CORS_ORIGINS": "*"}
WIDEST_GAP = 0.05
CLIP = "?start=0.6&end=5.2"
ADAPTIVE = [player for player in PLAYERS if player != "native"]
Seen = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def streaming(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with small rungs, for pages of every origin."""
    data_dir = tmp_path_factory.mktemp("players") / "data"
    with running(Service(data_dir, database_url=new_database(), settings=SETTINGS)) as started:
        yield started


@pytest.fixture(scope="module")
def addresses(streaming: Service, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the recording plays without a key: pictures that differ, a tone, and a line to be read."""
    folder = tmp_path_factory.mktemp("movie")
    (captions,) = written(folder, {"movie.srt": "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> & welcome\n"})
    texts = ("-i", str(captions), "-map", "0", "-map", "1", "-map", "2", "-c:s", "mov_text", "-movflags", "+faststart")
    groups = ("-g", "40", "-b:v", "300k")
    movie = recorded(folder, "movie.mp4", *texts, *groups, seconds=6, size="320x180")
    with streaming.client() as client:
        media = client.post("/api/v1/media/upload", files={"file": (movie.name, movie.read_bytes())}).json()
        playback = client.post(f"/api/v1/stream/{media['id']}/playback").json()
    told = {"HLS": playback["hls_url"], "DASH": playback["dash_url"], "FILE": media["url"]}
    return {name: str(httpx.URL(streaming.url).join(address)) for name, address in told.items()}


@pytest.fixture(scope="module")
def seen(addresses: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What each player saw, and hls.js of a clip as well."""
    clip = {name: f"{address}{CLIP}" for name, address in addresses.items()}
    pages = dict.fromkeys(PLAYERS, addresses) | {"hls-clip": clip}
    try:
        return watched(pages, tmp_path_factory.mktemp("pages"))
    except Skipped as reason:
        pytest.skip(str(reason))


def without_fault(found: dict[str, Any]) -> bool:
    assert "failure" not in found, found
    assert (found["errors"], found["complaints"]) == ([], [])
    return all(gap < WIDEST_GAP for gap in found["gaps"]) and abs(found["start"]) < WIDEST_GAP


@pytest.mark.parametrize("player", PLAYERS)
def test_it_plays_and_seeks_without_a_gap_or_an_error(seen: Seen, player: str) -> None:
    found = seen[player]
    assert without_fault(found)
    assert found["played"] > 12
    assert found["sought"] > 0
    assert found["duration"] == pytest.approx(6, abs=0.1)


def test_one_of_its_rungs_is_not_encoded_and_cut_otherwise(addresses: dict[str, str]) -> None:
    """So that what is seen below is seen of both."""
    master = httpx.get(addresses["HLS"], trust_env=False).text
    addressed = (line for line in master.splitlines() if line.endswith("playlist.m3u8"))
    assert {line.partition("/")[0] for line in addressed} == {"source", "90p"}
    lists = [httpx.URL(addresses["HLS"]).join(f"{rung}/playlist.m3u8") for rung in ("source", "90p")]
    source, encoded = (re.findall("#EXTINF:(.*),", httpx.get(each, trust_env=False).text) for each in lists)
    assert source != encoded


@pytest.mark.parametrize("player", ADAPTIVE)
def test_it_changes_the_rung(seen: Seen, player: str) -> None:
    assert seen[player]["rungs"] == [180, 90]
    assert seen[player]["to"] != seen[player]["from"]


@pytest.mark.parametrize("page", [*ADAPTIVE, "hls-clip"])
def test_it_shows_the_captions_on_time(seen: Seen, page: str) -> None:
    ((start, end, text),) = seen[page].get("cues", [])
    begin = 0.6 if "clip" in page else 0
    assert (start, end) == (pytest.approx(1 - begin, abs=0.001), pytest.approx(2.5 - begin, abs=0.001))
    assert html.unescape(re.sub(r"</?i>", "", text)) == "Hello & welcome"


def test_a_clip_plays_from_its_beginning_to_its_end(seen: Seen) -> None:
    found = seen["hls-clip"]
    assert without_fault(found)
    assert found["duration"] == pytest.approx(4.6, abs=0.05)
