"""`?start=&end=` makes a clip of a recording at once: lists of its own over the same segments."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import av
import httpx
import pytest
import pyvips
from tests.streaming.conftest import Uploaded
from tests.streaming.recordings import recorded

CLIP = "?start=0.6&end=3.4"


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("clips"), "movie.mp4", seconds=6)


def playlists(client: httpx.Client, master: httpx.URL) -> list[httpx.URL]:
    text = re.sub("#EXT-X-I-FRAME-STREAM-INF.*\n", "", client.get(master).text)
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


def test_winding_through_a_clip_begins_with_its_first_picture(
    client: httpx.Client, uploaded: Uploaded, movie: Path
) -> None:
    stream = httpx.URL(f"/api/v1/stream/{uploaded(client, movie)}/")
    master = stream.join("hls/playlist.m3u8?start=0.6&end=5")
    found = re.search(r'#EXT-X-I-FRAME-STREAM-INF:.*URI="([^"]+)"', client.get(master).text)
    assert found is not None
    stills = master.join(found[1])
    text = client.get(stills).text
    assert "#EXT-X-I-FRAMES-ONLY" in text
    listed = re.findall(r"#EXTINF:([\d.]+),\n(\S+)", text)
    query = "?start=0.6&end=5"
    assert [(float(seconds), name) for seconds, name in listed] == [
        (1.4, f"still-0.m4s{query}"), (2, "still-1.m4s"), (1, f"still-2.m4s{query}"),
    ]  # fmt: skip
    init = client.get(stills.join("init.mp4")).content
    times = [shown_at(init + client.get(stills.join(name)).content) for _, name in listed]
    assert times == [[pytest.approx(0.6)], [pytest.approx(2)], [pytest.approx(4)]]


def test_the_storyboard_of_a_clip_has_its_pictures(client: httpx.Client, uploaded: Uploaded, tmp_path: Path) -> None:
    """Red for two seconds, then blue, and a keyframe only where the colour changes."""
    halves = "drawbox=c=red:t=fill:enable='lt(t,2)',drawbox=c=blue:t=fill:enable='gte(t,2)'"
    film = recorded(tmp_path, "halves.mp4", "-vf", halves, "-force_key_frames", "2", "-g", "999", seconds=4)
    stream = httpx.URL(f"/api/v1/stream/{uploaded(client, film)}/")
    text = client.get(stream.join("storyboard.vtt?start=1.2&end=3.6")).text
    places = re.findall(r"(\S+) --> (\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)", text)
    assert [times for *times, _, _, _, _, _ in places] == [
        ["00:00:00.000", "00:00:01.000"], ["00:00:01.000", "00:00:02.000"], ["00:00:02.000", "00:00:02.400"],
    ]  # fmt: skip
    sheet = pyvips.Image.new_from_buffer(client.get(stream.join(places[0][2])).content, "")
    colours = [sheet.crop(*map(int, place[3:])).stats() for place in places]
    assert [stats(4, 1)[0] > stats(4, 3)[0] for stats in colours] == [True, False, False]


def shown_at(content: bytes) -> list[float]:
    with av.open(io.BytesIO(content), "r") as container:
        return [float(frame.time or 0) for frame in container.decode(video=0)]


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
    tiles = manifest.find(".//{*}AdaptationSet[@contentType='image']/{*}SegmentTemplate")
    assert tiles is not None
    assert (tiles.get("startNumber"), tiles.get("presentationTimeOffset")) == ("0", None)
    sheet = client.get(stream.join("hls/").join(str(tiles.get("media")).replace("$Number$", "0")))
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "image/jpeg")


def test_captions_of_a_dash_clip_are_counted_from_its_beginning(
    client: httpx.Client, uploaded: Uploaded, movie: Path
) -> None:
    media_id = uploaded(client, movie)
    file = {"file": ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n")}
    track = client.post(f"/api/v1/media/{media_id}/captions", data={"language": "en"}, files=file).json()
    assert "00:00:00.400 --> 00:00:01.400\nHello" in client.get(f"{track['webvtt']}{CLIP}").text
    assert client.get(f"{track['webvtt']}?start=4").text == "WEBVTT\n\n"


def test_captions_of_an_hls_clip_are_those_of_its_stretch(
    client: httpx.Client, uploaded: Uploaded, movie: Path
) -> None:
    media_id = uploaded(client, movie)
    content = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:04,000 --> 00:00:05,000\nBye\n"
    client.post(f"/api/v1/media/{media_id}/captions", data={"language": "en"}, files={"file": ("a.srt", content)})
    master = httpx.URL(f"/api/v1/stream/{media_id}/hls/playlist.m3u8{CLIP}")
    (captions,) = [one for one in playlists(client, master) if "captions" in one.path]
    text = client.get(captions).text
    (segment,) = re.findall(r"#EXTINF:2\.800000,\n(\S+)", text)
    assert "\n00:00:01.000 --> 00:00:02.000\nHello\n" in client.get(captions.join(segment)).text
    assert "Bye" not in client.get(captions.join(segment)).text


@pytest.mark.parametrize(("query", "field"), [("?start=9", "start"), ("?start=2&end=1", "end"), ("?end=x", "end")])
def test_what_cannot_be_is_refused(
    client: httpx.Client, uploaded: Uploaded, movie: Path, query: str, field: str
) -> None:
    answer = client.get(f"/api/v1/stream/{uploaded(client, movie)}/hls/playlist.m3u8{query}")
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_a_clip_has_no_other_segments(client: httpx.Client, uploaded: Uploaded, movie: Path) -> None:
    stream = f"/api/v1/stream/{uploaded(client, movie)}/hls"
    lines = client.get(f"{stream}/playlist.m3u8{CLIP}").text.splitlines()
    rung = next(line for line in lines if not line.startswith("#")).partition("/")[0]
    answer = client.get(f"{stream}/{rung}/2.m4s{CLIP}")
    assert (answer.status_code, answer.json()["code"]) == (404, "segment_not_found")
