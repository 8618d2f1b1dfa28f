"""The waveform of a recording over HTTP, in the format of audiowaveform and as a picture."""

from __future__ import annotations

import array
import struct
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import pyvips
from tests.processing.audio.conftest import sine, sounding
from tests.processing.audio.songs import with_cover

from mediaworks.testing import media
from mediaworks.testing.service import wait_until

STEPS = "aevalsrc='if(lt(t,1),0.5,-0.25)|0.125:s=25600:d=2'"
MEDIA = "/api/v1/media"


def upload(client: httpx.Client, content: bytes, name: str = "tone.wav") -> str:
    return str(client.post(f"{MEDIA}/upload", files={"file": (name, content)}).json()["id"])


def asked(client: httpx.Client, media_id: str, what: str = "waveform", **query: Any) -> httpx.Response:
    """The answer, once there is one."""

    def there() -> httpx.Response | None:
        answer = client.get(f"{MEDIA}/{media_id}/{what}", params=query)
        return None if answer.status_code == 202 else answer

    return wait_until(there)


def test_the_first_who_asks_is_told_of_a_job(client: httpx.Client) -> None:
    source = upload(client, sine())
    first = client.get(f"{MEDIA}/{source}/waveform")
    assert (first.status_code, first.headers["retry-after"]) == (202, "1")
    assert first.json()["queue"] == "audio"
    assert client.get(first.headers["location"]).json()["subject"] == source
    assert asked(client, source).status_code == 200


def test_the_numbers_are_the_least_and_the_greatest_samples(client: httpx.Client) -> None:
    source = upload(client, sounding(STEPS))
    mixed = asked(client, source, bits=16, samples_per_pixel=25_600).json()
    assert mixed | {"data": None} == {
        "version": 2, "channels": 1, "sample_rate": 25_600, "samples_per_pixel": 25_600, "bits": 16, "length": 2,
        "data": None,
    }  # fmt: skip
    assert mixed["data"] == pytest.approx([10240, 10240, -2048, -2048], abs=2)
    split = asked(client, source, channels="split", pixels_per_second=1).json()
    assert (split["channels"], split["bits"], split["samples_per_pixel"]) == (2, 8, 25_600)
    assert split["data"] == pytest.approx([64, 64, 16, 16, -32, -32, 16, 16], abs=1)


@pytest.mark.parametrize(("bits", "flags", "kind"), [(8, 1, "b"), (16, 0, "h")])
def test_dat_and_json_say_the_same(client: httpx.Client, bits: int, flags: int, kind: str) -> None:
    source = upload(client, sine(seconds=2))
    query: dict[str, Any] = {"channels": "split", "bits": bits, "samples_per_pixel": 512}
    told, file = asked(client, source, **query).json(), asked(client, source, format="dat", **query)
    assert file.headers["content-type"] == "application/octet-stream"
    assert struct.unpack_from("<iIiiIi", file.content) == (2, flags, 48_000, 512, 188, 2)
    data = array.array(kind)
    data.frombytes(file.content[24:])
    assert data.tolist() == told["data"]
    assert len(data) == 2 * 2 * told["length"]
    assert max(data) == pytest.approx(2 ** (bits - 2), rel=0.02)


def test_pictures_have_the_size_and_colours_that_were_asked(client: httpx.Client) -> None:
    source = upload(client, sounding(STEPS))
    look: dict[str, Any] = {"width": 100, "height": 64, "colour": "red", "background": "#ffffff80"}
    png = pyvips.Image.new_from_buffer(asked(client, source, format="png", channels="split", **look).content, "")
    assert (png.width, png.height) == (100, 64)
    row = next(y for y in range(32) if png(10, y)[:3] == [255, 0, 0])
    assert row == pytest.approx((1 - 0.5) / 2 * 31, abs=1)
    assert png(10, 60) == [255, 255, 255, 128]
    svg = asked(client, source, format="svg", **look)
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.content.startswith(b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="64"')
    assert b'fill="#ff0000"' in svg.content


def test_the_same_question_needs_no_second_answer(client: httpx.Client) -> None:
    source = upload(client, sine())
    first = asked(client, source)
    again = {"if-none-match": first.headers["etag"]}
    assert client.get(f"{MEDIA}/{source}/waveform", headers=again).status_code == 304
    assert client.get(f"{MEDIA}/{source}/waveform", params={"bits": 16}, headers=again).status_code == 200


def test_a_video_has_the_waveform_of_its_sound(client: httpx.Client) -> None:
    film = sounding("testsrc=s=64x64:d=1[out0];sine=d=1:r=48000[out1]", container="matroska")
    found = asked(client, upload(client, film, "film.mkv")).json()
    assert found["length"] == pytest.approx(48_000 / 256, abs=2)


def test_what_has_no_sound_says_so(client: httpx.Client) -> None:
    silent = asked(client, upload(client, media.video(), "film.mp4"))
    assert (silent.status_code, silent.json()["code"]) == (422, "no_sound")
    picture = client.get(f"{MEDIA}/{upload(client, media.image(), 'a.jpg')}/waveform")
    assert (picture.status_code, picture.json()["code"]) == (415, "unsupported_type")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"format": "gif"}, "format"), ({"bits": 12}, "bits"), ({"samples_per_pixel": 300}, "samples_per_pixel"),
        ({"samples_per_pixel": 256, "pixels_per_second": 1}, "pixels_per_second"), ({"width": 9_999}, "width"),
        ({"colour": "url(x)"}, "colour"), ({"pixels_per_second": "nan"}, "pixels_per_second"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_is_refused_by_name(client: httpx.Client, query: dict[str, Any], field: str) -> None:
    answer = client.get(f"{MEDIA}/{upload(client, sine())}/waveform", params=query)
    assert (answer.status_code, answer.json().get("field")) == (400, field), answer.text


def test_another_version_has_another_waveform(client: httpx.Client) -> None:
    source = upload(client, sine(0.5))
    assert max(asked(client, source).json()["data"]) == 64
    quiet = {"operations": [{"type": "volume", "gain": -12.0412}], "mode": "version"}
    job = client.post(f"/api/v1/process/{source}", json=quiet).json()["job_id"]
    wait_until(lambda: client.get(f"/api/v1/jobs/{job}").json()["state"] == "succeeded")
    assert max(asked(client, source).json()["data"]) == 16


def test_the_loudness_is_measured_once_and_told_with_all_that_is_known(
    client: httpx.Client, ready: Callable[[str], dict[str, Any]]
) -> None:
    source = upload(client, sine(10 ** (-20 / 20)))
    ready(source)
    found = asked(client, source, "loudness").json()
    assert found == {"integrated": pytest.approx(-20, abs=0.1), "range": None, "true_peak": pytest.approx(-20, abs=0.2)}
    told = client.get(f"{MEDIA}/{source}/info").json()["audio"]
    assert told == {
        "codec": "pcm_s16le", "bit_rate": 1_536_000, "sample_rate": 48_000, "channels": 2,
        "tags": {"encoder": told["tags"]["encoder"]}, "cover_art": False, "loudness": found,
    }  # fmt: skip


def test_tags_and_cover_of_a_song_are_told(client: httpx.Client, ready: Callable[[str], dict[str, Any]]) -> None:
    source = upload(client, with_cover("mp3"), "song.mp3")
    ready(source)
    info = client.get(f"{MEDIA}/{source}/info")
    told = info.json()["audio"]
    assert (told["codec"], told["cover_art"], told["loudness"]) == ("mp3", True, None)
    assert (told["tags"]["title"], told["tags"]["artist"]) == ("Song", "Ann")
    asked(client, source, "loudness")
    again = client.get(f"{MEDIA}/{source}/info", headers={"if-none-match": info.headers["etag"]})
    assert again.json()["audio"]["loudness"] is not None
