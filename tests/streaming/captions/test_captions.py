"""Captions come along with a recording or are added to it; players find all of them as WebVTT."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from tests.streaming.captions.pictured import subtitles
from tests.streaming.conftest import Uploaded
from tests.streaming.recordings import recorded, written

from mediaworks.streaming.captions.segments import TIMESTAMP_MAP
from mediaworks.testing import media

SRT = "1\n00:00:00,500 --> 00:00:01,250\n<i>Hello</i> & welcome\n\n2\n00:00:01,500 --> 00:00:02,000\nBye\n"
ASS = (
    "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Arial,20\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Dialogue: 0,0:00:00.50,0:00:01.25,Default,,0,0,0,,{\\i1}Hello{\\i0} & welcome\n"
)
VTT = "WEBVTT\n\n00:00.500 --> 00:01.250\n<i>Hello</i> &amp; welcome\n"
FIRST = "00:00:00.500 --> 00:00:01.250\n<i>Hello</i> &amp; welcome\n"


def with_texts(folder: Path, name: str, codec: str, texts: dict[str, str], *more: str) -> Path:
    """A recording with a track of captions for each text, by the name of its file."""
    files = written(folder, texts)
    inputs = [word for file in files for word in ("-i", str(file))]
    maps = [word for number in range(len(files)) for word in ("-map", str(number + 2))]
    languages = ["-metadata:s:s:0", "language=eng", "-metadata:s:s:0", "title=English"]
    return recorded(folder, name, *inputs, "-map", "0", "-map", "1", *maps, "-c:s", codec, *languages, *more)


def listed(client: httpx.Client, media_id: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/media/{media_id}/captions")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def add(client: httpx.Client, media_id: str, content: str = SRT, **fields: str) -> httpx.Response:
    data = {"language": "en", "label": "English"} | fields
    return client.post(f"/api/v1/media/{media_id}/captions", data=data, files={"file": ("a.srt", content.encode())})


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("plain"), "plain.mp4")


@pytest.mark.parametrize(
    ("name", "codec", "text"),
    [
        ("a.mkv", "subrip", {"a.srt": SRT}),
        ("a.mkv", "ass", {"a.ass": ASS}),
        ("a.mp4", "mov_text", {"a.srt": SRT}),
        ("a.mkv", "webvtt", {"a.vtt": VTT}),
    ],
)
def test_captions_inside_a_recording_are_there_as_webvtt(
    client: httpx.Client, uploaded: Uploaded, tmp_path: Path, name: str, codec: str, text: dict[str, str]
) -> None:
    media_id = uploaded(client, with_texts(tmp_path, name, codec, text))
    (track,) = listed(client, media_id)
    assert (track["language"], track["origin"]) == ("eng", "embedded")
    answer = client.get(track["webvtt"])
    assert answer.headers["content-type"].startswith("text/vtt")
    assert answer.text.startswith(f"WEBVTT\n\n{FIRST}")


def test_captions_are_on_time_when_a_recording_begins_late(
    client: httpx.Client, uploaded: Uploaded, tmp_path: Path
) -> None:
    late = with_texts(tmp_path, "late.mkv", "subrip", {"a.srt": SRT}, "-output_ts_offset", "10")
    (track,) = listed(client, uploaded(client, late))
    assert FIRST in client.get(track["webvtt"]).text


def test_players_find_all_tracks_in_both_lists(client: httpx.Client, uploaded: Uploaded, tmp_path: Path) -> None:
    media_id = uploaded(client, with_texts(tmp_path, "a.mkv", "subrip", {"a.srt": SRT}))
    added = add(client, media_id, language="de", label="English").json()
    stream = f"/api/v1/stream/{media_id}"
    master = client.get(f"{stream}/hls/playlist.m3u8").text
    assert 'TYPE=SUBTITLES,GROUP-ID="captions",NAME="English",LANGUAGE="eng"' in master
    assert 'NAME="English (2)",LANGUAGE="de"' in master
    assert all('SUBTITLES="captions"' in line for line in master.splitlines() if line.startswith("#EXT-X-STREAM-INF"))
    playlist = httpx.URL(f"{stream}/hls/").join(f"../captions/{added['id']}/playlist.m3u8")
    lines = client.get(playlist).text.splitlines()
    segment = client.get(playlist.join(lines[-2]))
    assert segment.headers["content-type"].startswith("text/vtt")
    assert segment.text == f"WEBVTT\n{TIMESTAMP_MAP}\n\n{FIRST}\n00:00:01.500 --> 00:00:02.000\nBye\n"
    manifest = ElementTree.fromstring(client.get(f"{stream}/dash/manifest.mpd").content)
    texts = manifest.findall(".//{*}AdaptationSet[@contentType='text']/{*}Representation/{*}BaseURL")
    bases = httpx.URL(f"{stream}/dash/").join("../hls/")
    assert [client.get(bases.join(str(text.text))).status_code for text in texts] == [200, 200]


def test_what_is_no_track_or_segment_is_not_found(client: httpx.Client, uploaded: Uploaded, plain: Path) -> None:
    media_id = uploaded(client, plain)
    track = add(client, media_id).json()["id"]
    captions = f"/api/v1/stream/{media_id}/captions"
    missing = [f"{track}/1.vtt", f"{track}/x.vtt", f"{track}/0.srt", f"{media_id}/0.vtt", "track9/playlist.m3u8"]
    answers = [client.get(f"{captions}/{path}") for path in missing]
    assert [answer.status_code for answer in answers] == [404] * len(missing)
    assert [answer.json()["code"] for answer in answers] == ["segment_not_found"] * 3 + ["captions_not_found"] * 2


def test_added_captions_are_listed_and_removed(client: httpx.Client, uploaded: Uploaded, plain: Path) -> None:
    media_id = uploaded(client, plain)
    made = add(client, media_id, VTT, language="pt-BR", label="").json()
    assert (made["label"], made["origin"]) == ("pt-BR", "uploaded")
    assert listed(client, media_id) == [made]
    assert client.delete(f"/api/v1/media/{media_id}/captions/{made['id']}").status_code == 204
    assert listed(client, media_id) == []
    assert client.get(made["webvtt"]).status_code == 404


def test_what_is_added_can_do_nothing_but_be_read(client: httpx.Client, uploaded: Uploaded, plain: Path) -> None:
    made = add(client, uploaded(client, plain), SRT.replace("Hello", "<img src=x onerror=alert(1)>Hello")).json()
    assert FIRST in client.get(made["webvtt"]).text


@pytest.mark.parametrize(
    ("content", "fields", "status", "code"),
    [
        ("no captions", {}, 415, "unsupported_type"),
        ("1\n00:00:02,000 --> 00:00:01,000\nx\n", {}, 422, "no_captions"),
        (SRT, {"language": "english!"}, 400, "invalid"),
        (SRT, {"label": "x" * 101}, 400, "invalid"),
        (SRT + "x" * (2 << 20), {}, 413, "captions_too_large"),
    ],
)
def test_what_cannot_be_is_refused(
    client: httpx.Client, uploaded: Uploaded, plain: Path, content: str, fields: dict[str, str], status: int, code: str
) -> None:
    answer = add(client, uploaded(client, plain), content, **fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_picture_has_no_captions(client: httpx.Client) -> None:
    picture = client.post("/api/v1/media/upload", files={"file": ("a.jpg", media.image())}).json()["id"]
    assert add(client, picture).json()["code"] == "not_playable"


def test_only_who_may_edit_adds_captions(
    new_client: Callable[..., httpx.Client], client: httpx.Client, uploaded: Uploaded, plain: Path
) -> None:
    media_id = uploaded(client, plain)
    client.patch(f"/api/v1/media/{media_id}", json={"visibility": "public"})
    assert add(new_client(), media_id).status_code == 403


def test_captions_are_part_of_what_a_user_takes_along(client: httpx.Client, uploaded: Uploaded, plain: Path) -> None:
    add(client, uploaded(client, plain))
    archive = client.get(f"/api/v1/users/{client.headers['x-test-user']}/export").content
    assert b"captions.json" in archive


@pytest.mark.parametrize(
    ("encoder", "codec"), [("copy", "hdmv_pgs_subtitle"), ("dvdsub", "dvd_subtitle"), ("dvbsub", "dvb_subtitle")]
)
def test_pictures_of_text_are_told_and_promised_to_nobody(
    client: httpx.Client, uploaded: Uploaded, tmp_path: Path, encoder: str, codec: str
) -> None:
    (texts,) = written(tmp_path, {"a.srt": SRT})
    (tmp_path / "a.sup").write_bytes(subtitles(0.5, 1.25))
    tracks = ("-i", str(tmp_path / "a.sup"), "-i", str(texts), "-map", "0", "-map", "1", "-map", "2", "-map", "3")
    told = ("-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=deu", "-c:s:1", "srt")
    lasting = () if encoder == "copy" else ("-bsf:s:0", "setts=ts=min(PTS\\,1250):duration=750")
    media_id = uploaded(client, recorded(tmp_path, "a.mkv", *tracks, *told, "-c:s:0", encoder, *lasting))
    answer = client.get(f"/api/v1/media/{media_id}/captions").json()
    assert [(track["language"], track["origin"]) for track in answer["items"]] == [("deu", "embedded")]
    (left,) = answer["left_out"]
    assert (left["codec"], left["language"]) == (codec, "eng")
    assert "pictures" in left["reason"]
    stream = f"/api/v1/stream/{media_id}"
    assert client.get(f"{stream}/hls/playlist.m3u8").text.count("TYPE=SUBTITLES") == 1
    assert client.get(f"{stream}/dash/manifest.mpd").text.count('contentType="text"') == 1
    assert client.get(f"{stream}/captions/track2.vtt").status_code == 404
    assert client.get(f"{stream}/captions/track3.vtt").text.startswith(f"WEBVTT\n\n{FIRST}")
    assert client.get(f"{stream}/hls/90p/0.m4s").status_code == 200
