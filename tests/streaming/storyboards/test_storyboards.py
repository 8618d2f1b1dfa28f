"""What a player shows above its bar: small pictures by time, and chapters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import pyvips
from tests.streaming.conftest import Uploaded
from tests.streaming.recordings import recorded, written

from mediaworks.processing.video.model import VideoTrack
from mediaworks.processing.video.sprites import Storyboard
from mediaworks.testing import media

CHAPTERS = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=Cold <open>\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=3000\ntitle=Rest\n"
HALVES = "drawbox=c=red:t=fill:enable='lt(t,2)',drawbox=c=blue:t=fill:enable='gte(t,2)'"


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds: red for two, then blue; a keyframe each second."""
    folder = tmp_path_factory.mktemp("storyboards")
    (chapters,) = written(folder, {"chapters.txt": CHAPTERS})
    told = ("-i", str(chapters), "-map_metadata", "2", "-map", "0", "-map", "1", "-vf", HALVES, "-g", "25")
    return recorded(folder, "movie.mp4", *told, seconds=3)


def test_each_second_has_its_picture(client: httpx.Client, uploaded: Uploaded, movie: Path) -> None:
    stream = f"/api/v1/stream/{uploaded(client, movie)}"
    text = client.get(f"{stream}/storyboard.vtt").text
    places = re.findall(r"00:00:0(\d)\.000 --> \S+\n(storyboard-0\.jpg)#xywh=(\d+),(\d+),(\d+),(\d+)", text)
    assert [second for second, *_ in places] == ["0", "1", "2"]
    answer = client.get(f"{stream}/{places[0][1]}")
    assert answer.headers["content-type"] == "image/jpeg"
    sheet = pyvips.Image.new_from_buffer(answer.content, "")
    assert (sheet.width, sheet.height) == (800, 450)
    colours = [sheet.crop(*map(int, place[2:])).stats() for place in places]
    reds, blues = ([stats.getpoint(4, row)[0] for stats in colours] for row in (1, 3))
    assert [red > blue for red, blue in zip(reds, blues, strict=True)] == [True, True, False]


def test_sheets_that_are_not_there_are_not_found(client: httpx.Client, uploaded: Uploaded, movie: Path) -> None:
    stream = f"/api/v1/stream/{uploaded(client, movie)}"
    for name in ("storyboard-1.jpg", "storyboard-x.jpg", "storyboard-99999.jpg", "other.jpg"):
        answer = client.get(f"{stream}/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "storyboard_not_found")


def test_dash_players_find_the_sheets_in_the_manifest(client: httpx.Client, uploaded: Uploaded, movie: Path) -> None:
    manifest = client.get(f"/api/v1/stream/{uploaded(client, movie)}/dash/manifest.mpd").text
    assert 'schemeIdUri="http://dashif.org/guidelines/thumbnail_tile" value="5x5"' in manifest


def test_sound_has_no_storyboard(client: httpx.Client, uploaded: Uploaded, tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    sound.write_bytes(media.audio())
    stream = f"/api/v1/stream/{uploaded(client, sound)}"
    assert client.get(f"{stream}/storyboard.vtt").status_code == 404
    assert client.get(f"{stream}/chapters.vtt").text == "WEBVTT\n\n"


def test_chapters_are_among_what_is_known(client: httpx.Client, uploaded: Uploaded, movie: Path, ready: Any) -> None:
    media_id = uploaded(client, movie)
    ready(media_id)
    first, second = client.get(f"/api/v1/media/{media_id}/info").json()["chapters"]
    assert first == {"start": 0.0, "end": 1.0, "title": "Cold <open>"}
    assert second["title"] == "Rest"


def test_chapters_are_cues(client: httpx.Client, uploaded: Uploaded, movie: Path) -> None:
    text = client.get(f"/api/v1/stream/{uploaded(client, movie)}/chapters.vtt").text
    assert "00:00:00.000 --> 00:00:01.000\nCold &lt;open&gt;\n" in text
    assert "00:00:01.000 --> 00:00:03.000\nRest\n" in text


def test_chapters_of_a_clip_are_counted_from_its_beginning(
    client: httpx.Client, uploaded: Uploaded, movie: Path
) -> None:
    text = client.get(f"/api/v1/stream/{uploaded(client, movie)}/chapters.vtt?start=0.6&end=2").text
    assert "00:00:00.000 --> 00:00:00.400\nCold &lt;open&gt;\n" in text
    assert "00:00:00.400 --> 00:00:01.400\nRest\n" in text


@pytest.mark.parametrize(("seconds", "count", "interval"), [(0.5, 1, 1), (8, 8, 1), (400, 400, 1), (7200, 400, 18)])
def test_a_long_recording_has_no_more_pictures_than_fit(seconds: float, count: int, interval: int) -> None:
    board = Storyboard.of(TRACK, seconds)
    assert (board.count, board.interval, board.width, board.height) == (count, interval, 90, 160)
    assert board.place(count - 1)[0] == board.sheets - 1


TRACK = VideoTrack(
    stream=0, codec="h264", profile=None, width=1080, height=1920, pixel_format="yuv420p", hdr="sdr", rate=(25, 1),
    frames=1, widest_gap=1, keyframes=(0.0,), bit_rate=None,
)  # fmt: skip
