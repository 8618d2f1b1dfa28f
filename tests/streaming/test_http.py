"""Playing over HTTP: what players ask for, from the upload on."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from tests.processing.video.filming import filmed

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

SOUND = ("-f", "lavfi", "-i", "sine=d=4", "-c:a", "aac")


@pytest.fixture(scope="module")
def viewer(service: Service) -> Iterator[httpx.Client]:
    with service.user() as client:
        yield client


@pytest.fixture(scope="module")
def film(viewer: httpx.Client) -> str:
    """The id of a recording of 4 s, 96×64, with sound."""
    return uploaded(viewer, filmed(*SOUND, seconds=4))


@pytest.fixture
def anybody(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, trust_env=False) as client:
        yield client


def uploaded(client: httpx.Client, content: bytes, name: str = "film.mp4") -> str:
    answer = client.post("/api/v1/media/upload", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def count_of_pictures(content: bytes) -> int:
    with av.open(io.BytesIO(content), "r", format="mp4") as container:
        return len(list(container.decode(video=0)))


def lines_of(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    return [line for line in answer.text.splitlines() if line and not line.startswith("#")]


def test_a_player_finds_everything_from_the_master_playlist_on(viewer: httpx.Client, film: str) -> None:
    master = f"/api/v1/stream/{film}/hls/playlist.m3u8"
    rungs = lines_of(viewer.get(master))
    assert {rung.partition("/")[0] for rung in rungs} == {"source", "64p"}
    for rung in rungs:
        listed = viewer.get(f"/api/v1/stream/{film}/hls/{rung}")
        segments = lines_of(listed)
        lengths = re.findall(r"#EXTINF:([\d.]+)", listed.text)
        assert sum(float(length) for length in lengths) == pytest.approx(4, abs=0.04)
        folder = f"/api/v1/stream/{film}/hls/{rung.partition('/')[0]}"
        assert viewer.get(f"{folder}/init.mp4").content[4:8] == b"ftyp"
        assert all(b"moof" in viewer.get(f"{folder}/{name}").content[:200] for name in segments)


def test_winding_takes_the_first_picture_of_each_segment(viewer: httpx.Client, film: str) -> None:
    hls = f"/api/v1/stream/{film}/hls"
    found = re.search(r'#EXT-X-I-FRAME-STREAM-INF:.*URI="([^"]+)"', viewer.get(f"{hls}/playlist.m3u8").text)
    assert found is not None
    listed = viewer.get(f"{hls}/{found[1]}")
    assert "#EXT-X-I-FRAMES-ONLY" in listed.text
    stills = lines_of(listed)
    assert len(stills) == len(lines_of(viewer.get(f"{hls}/64p/playlist.m3u8")))
    shown = [viewer.get(f"{hls}/64p/init.mp4").content + viewer.get(f"{hls}/64p/{name}").content for name in stills]
    assert [count_of_pictures(one) for one in shown] == [1] * len(stills)
    assert viewer.get(f"{hls}/audio0/still-0.m4s").status_code == 404


def test_a_segment_is_sent_in_part_and_only_once(viewer: httpx.Client, film: str) -> None:
    address = f"/api/v1/stream/{film}/hls/64p/0.m4s"
    whole = viewer.get(address)
    assert whole.headers["cache-control"] == "private, max-age=86400, immutable"
    assert whole.headers["accept-ranges"] == "bytes"
    part = viewer.get(address, headers={"range": "bytes=4-7", "if-range": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, whole.content[4:8])
    assert viewer.get(address, headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    assert viewer.get(address, headers={"range": "bytes=99999999-"}).status_code == 416


def test_figures_tell_what_was_encoded_and_how_full_the_cache_is(viewer: httpx.Client, film: str) -> None:
    assert viewer.get(f"/api/v1/stream/{film}/hls/64p/0.m4s").status_code == 200
    told = viewer.get("/metrics").text
    assert re.search(r'^mediaworks_stream_segments_total\{source="encoder"\} [1-9]', told, re.MULTILINE)
    assert re.search(r'^mediaworks_stream_cache_bytes\{part="disk"\} \d', told, re.MULTILINE)


def test_the_file_itself_plays_by_ranges(viewer: httpx.Client, film: str) -> None:
    whole = viewer.get(f"/api/v1/stream/{film}")
    assert whole.headers["content-disposition"].startswith("inline")
    assert whole.headers["content-type"] == "video/mp4"
    part = viewer.get(f"/api/v1/stream/{film}", headers={"range": "bytes=-10"})
    assert (part.status_code, part.content) == (206, whole.content[-10:])


def test_a_playback_counts_as_one_view(client: httpx.Client) -> None:
    film = uploaded(client, filmed(seconds=2))

    def views() -> int:
        return int(client.get("/api/v1/media").json()["items"][0]["view_count"])

    client.get(f"/api/v1/stream/{film}/hls/playlist.m3u8")
    for name in ("playlist.m3u8", "init.mp4", "0.m4s"):
        assert client.get(f"/api/v1/stream/{film}/hls/64p/{name}").status_code == 200
    wait_until(lambda: views() == 1)
    client.get(f"/api/v1/stream/{film}/dash/manifest.mpd")
    wait_until(lambda: views() == 2)


def test_a_signed_address_plays_without_a_key(viewer: httpx.Client, anybody: httpx.Client, film: str) -> None:
    playback = viewer.post(f"/api/v1/stream/{film}/playback", json={"expires_in": 60}).json()
    address = httpx.URL(playback["hls_url"])
    rung = lines_of(anybody.get(address.path))[0]
    segments = lines_of(anybody.get(address.join(rung).path))
    assert anybody.get(address.join(rung).join(segments[0]).path).status_code == 200
    manifest = anybody.get(httpx.URL(playback["dash_url"]).path)
    assert "<BaseURL>../hls/</BaseURL>" in manifest.text


def test_a_forged_address_plays_nothing(viewer: httpx.Client, anybody: httpx.Client, film: str) -> None:
    other = uploaded(viewer, filmed(seconds=1, size="64x64"))
    told = viewer.post(f"/api/v1/stream/{film}/playback", json={}).json()["hls_url"]
    strange = viewer.post(f"/api/v1/stream/{other}/playback", json={}).json()["hls_url"]
    coded, expires, key, signature = httpx.URL(told).path.split("/")[2].split(".")
    forged = [
        f"{httpx.URL(strange).path.split('/')[2].partition('.')[0]}.{expires}.{key}.{signature}",
        f"{coded}.{int(expires) + 1}.{key}.{signature}",
        f"{coded}.{expires}.{key}.{signature[:-2]}AA",
        f"{coded}.{expires}.unknown.{signature}",
        "nonsense",
        "a.b.c.d",
    ]
    for token in forged:
        for name in ("hls/playlist.m3u8", "dash/manifest.mpd", "hls/64p/0.m4s"):
            refusal = anybody.get(f"/v/{token}/{name}")
            assert (refusal.status_code, refusal.json()["code"]) == (403, "invalid_signature"), token


def test_what_is_private_does_not_play_under_its_id(viewer: httpx.Client, anybody: httpx.Client) -> None:
    film = uploaded(viewer, filmed(seconds=1))
    assert anybody.get(f"/v/{film}/hls/playlist.m3u8").status_code == 404
    viewer.patch(f"/api/v1/media/{film}", json={"visibility": "unlisted"})
    assert lines_of(anybody.get(f"/v/{film}/hls/playlist.m3u8")) == ["source/playlist.m3u8", "64p/playlist.m3u8"]
    segment = anybody.get(f"/v/{film}/hls/64p/0.m4s")
    assert segment.headers["cache-control"].startswith("public")


def test_a_recording_is_prepared_when_it_is_understood(service: Service, viewer: httpx.Client) -> None:
    film = uploaded(viewer, filmed(*SOUND, seconds=5, size="64x96", codec=("-c:v", "mpeg4")))

    def prepared() -> Any:
        jobs = viewer.get("/api/v1/jobs", params={"subject": film, "task": "streaming.prepare"}).json()["items"]
        return jobs[0] if jobs and jobs[0]["state"] == "succeeded" else None

    assert wait_until(prepared)["result"] == {"renditions": ["64p", "audio0"]}
    made = Path(service.data_dir / "cache" / "segments" / film)
    assert {f"{path.parent.name}/{path.name}" for path in made.rglob("*.m4s")} >= {
        "64p/0.m4s",
        "64p/1.m4s",
        "audio0/0.m4s",
    }
    query = {"types": "media.playable", "subject": film}
    told = wait_until(lambda: viewer.get("/api/v1/events/history", params=query).json()["items"])
    assert told[0]["data"] == {"renditions": ["64p", "audio0"]}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("hls/64p/99.m4s", 404, "segment_not_found"),
        ("hls/64p/x.m4s", 404, "segment_not_found"),
        ("hls/64p/0.mp4", 404, "segment_not_found"),
        ("hls/720p/0.m4s", 404, "rendition_not_found"),
        ("hls/720p/playlist.m3u8", 404, "rendition_not_found"),
    ],
)
def test_what_is_not_there_is_not_found(viewer: httpx.Client, film: str, path: str, status: int, code: str) -> None:
    answer = viewer.get(f"/api/v1/stream/{film}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_picture_is_nothing_that_plays(viewer: httpx.Client, ready: Callable[[str], Any]) -> None:
    picture = uploaded(viewer, media.image(), "a.jpg")
    answer = viewer.get(f"/api/v1/stream/{picture}/hls/playlist.m3u8")
    assert (answer.status_code, answer.json()["code"]) == (415, "not_playable")


@pytest.mark.parametrize("seconds", [9, 7 * 24 * 3600 + 1, "soon"])
def test_a_playback_that_cannot_be_is_refused(viewer: httpx.Client, film: str, seconds: Any) -> None:
    answer = viewer.post(f"/api/v1/stream/{film}/playback", json={"expires_in": seconds})
    assert answer.status_code == 400
