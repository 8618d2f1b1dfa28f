"""`?start=&end=` makes a clip of a recording at once: lists of its own over the same segments."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import av
import httpx
import pytest
from tests.streaming.conftest import Uploaded
from tests.streaming.recordings import recorded

CLIP = "?start=0.6&end=3.4"


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("clips"), "movie.mp4", seconds=6)


def playlists(client: httpx.Client, master: httpx.URL) -> list[httpx.URL]:
    text = client.get(master).text
    return [
        master.join(found)
        for found in re.findall(r'^(?:#.*URI="([^"]+)"|([^#].*))$', text, re.MULTILINE)
        for found in found
        if found
    ]


def test_hls_lists_just_the_clip_and_its_segments_are_there(
    client: httpx.Client, uploaded: Uploaded, movie: Path
) -> None:
    stream = httpx.URL(f"/api/v1/stream/{uploaded(client, movie)}/")
    sound, pictures = playlists(client, stream.join(f"hls/playlist.m3u8{CLIP}"))
    lines = client.get(pictures).text.splitlines()
    assert sum(map(float, re.findall(r"#EXTINF:([\d.]+)", "\n".join(lines)))) == pytest.approx(2.8)
    names = [line for line in lines if not line.startswith("#")]
    assert names == [f"0.m4s{CLIP}", f"1.m4s{CLIP}"]
    content = b"".join(client.get(pictures.join(name)).content for name in ["init.mp4", *names])
    with av.open(io.BytesIO(content), "r") as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 70
    heard = client.get(sound).text
    assert 2.8 <= sum(map(float, re.findall(r"#EXTINF:([\d.]+)", heard))) < 2.85


def test_whole_segments_are_shared_with_the_recording(client: httpx.Client, uploaded: Uploaded, movie: Path) -> None:
    stream = httpx.URL(f"/api/v1/stream/{uploaded(client, movie)}/")
    _, pictures = playlists(client, stream.join("hls/playlist.m3u8?start=1&end=5"))
    names = [line for line in client.get(pictures).text.splitlines() if not line.startswith("#")]
    assert names == ["0.m4s?start=1&end=5", "1.m4s", "2.m4s?start=1&end=5"]
    shared = client.get(pictures.join("1.m4s")).content
    assert client.get(pictures.join("1.m4s?start=1&end=5")).content == shared


def test_dash_begins_and_ends_with_the_clip(client: httpx.Client, uploaded: Uploaded, movie: Path) -> None:
    stream = httpx.URL(f"/api/v1/stream/{uploaded(client, movie)}/")
    manifest = ElementTree.fromstring(client.get(stream.join(f"dash/manifest.mpd{CLIP}")).content)
    assert manifest.get("mediaPresentationDuration") == "PT2.800S"
    template = manifest.find(".//{*}AdaptationSet[@contentType='video']//{*}SegmentTemplate")
    assert template is not None
    assert (template.get("presentationTimeOffset"), template.get("startNumber")) == ("15", "0")
    lengths = [(line.get("t"), line.get("d")) for line in template.findall("{*}SegmentTimeline/{*}S")]
    assert lengths == [("15", "35"), ("50", "35")]
    assert str(template.get("media")).endswith(f"/$Number$.m4s{CLIP}")
    assert manifest.find(".//{*}AdaptationSet[@contentType='image']") is None


def test_captions_of_a_dash_clip_are_counted_from_its_beginning(
    client: httpx.Client, uploaded: Uploaded, movie: Path
) -> None:
    media_id = uploaded(client, movie)
    file = {"file": ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n")}
    track = client.post(f"/api/v1/media/{media_id}/captions", data={"language": "en"}, files=file).json()
    assert "00:00:00.400 --> 00:00:01.400\nHello" in client.get(f"{track['webvtt']}{CLIP}").text
    assert client.get(f"{track['webvtt']}?start=4").text == "WEBVTT\n\n"


@pytest.mark.parametrize(("query", "field"), [("?start=9", "start"), ("?start=2&end=1", "end"), ("?end=x", "end")])
def test_what_cannot_be_is_refused(
    client: httpx.Client, uploaded: Uploaded, movie: Path, query: str, field: str
) -> None:
    answer = client.get(f"/api/v1/stream/{uploaded(client, movie)}/hls/playlist.m3u8{query}")
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_a_clip_has_no_other_segments(client: httpx.Client, uploaded: Uploaded, movie: Path) -> None:
    stream = f"/api/v1/stream/{uploaded(client, movie)}/hls"
    lines = client.get(f"{stream}/playlist.m3u8").text.splitlines()
    rung = next(line for line in lines if not line.startswith("#")).partition("/")[0]
    answer = client.get(f"{stream}/{rung}/2.m4s{CLIP}")
    assert (answer.status_code, answer.json()["code"]) == (404, "segment_not_found")
