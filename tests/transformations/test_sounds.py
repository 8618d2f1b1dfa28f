"""Sound changed over HTTP: as media objects, as versions, out of videos, many at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import av
import httpx
import pytest
from tests.processing.audio.conftest import sine, sounding
from tests.transformations.test_process import MEDIA, PROCESS, ended, process, refusal, upload

from mediaworks.testing import media

NORMALIZED = [{"type": "normalize", "target": -23}]
Ready = Callable[[str], dict[str, Any]]


def made_by(client: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """The object that came of a job."""
    assert answer.status_code == 202, answer.text
    job = ended(client, answer.json()["job_id"])
    assert job["state"] == "succeeded", job
    assert job["queue"] == "audio"
    made: dict[str, Any] = client.get(f"{MEDIA}/{job['result']['media_id']}").json()
    return made


def test_a_job_makes_an_object_of_a_sound(client: httpx.Client, ready: Ready) -> None:
    source = upload(client, sine(0.05), "tone.wav")
    made = made_by(client, process(client, source, operations=NORMALIZED, output={"format": "mp3"}))
    assert (made["kind"], made["mime_type"], made["original_name"]) == ("audio", "audio/mpeg", "tone.mp3")
    assert (made["parent_id"], made["recipe"]["operations"][0]["target"]) == (source, -23)
    assert made["duration"] == pytest.approx(1, abs=0.1)
    assert ready(made["id"])["processing_status"] == "ready"


def test_a_version_has_the_format_that_it_had(client: httpx.Client) -> None:
    source = upload(client, sounding("sine=d=2", container="flac"), "tone.flac")
    cut = [{"type": "trim", "start": 0.5}]
    made = made_by(client, process(client, source, operations=cut, mode="version"))
    assert (made["id"], made["mime_type"], made["version"] > 1) == (source, "audio/flac", True)
    content = client.get(f"{MEDIA}/{source}/download").content
    with av.open(io.BytesIO(content), "r") as container:
        assert (container.duration or 0) / av.time_base == pytest.approx(1.5, abs=0.01)


def test_the_sound_of_a_video_becomes_an_object(client: httpx.Client) -> None:
    with_sound = sounding("testsrc=s=64x64:d=1[out0];sine=d=1[out1]", container="matroska")
    source = upload(client, with_sound, "film.mkv")
    made = made_by(client, process(client, source, operations=[], output={"format": "opus"}))
    assert (made["kind"], made["original_name"]) == ("audio", "film.opus")
    answer = process(client, source, output={"format": "opus"}, mode="version")
    assert ended(client, answer.json()["job_id"])["error"]["code"] == "invalid_recipe"


def test_others_are_joined_with_the_rights_of_who_asks(
    client: httpx.Client, new_client: Callable[..., httpx.Client]
) -> None:
    mine, foreign = upload(client, sine(), "a.wav"), upload(new_client(), sine(), "b.wav")
    both = process(client, mine, operations=[{"type": "concat", "media": [mine]}])
    assert made_by(client, both)["duration"] == pytest.approx(2, abs=0.01)
    refused = process(client, mine, operations=[{"type": "concat", "media": [foreign]}])
    assert refusal(refused) == (422, "invalid_recipe", "operations[0].media")


def test_many_are_made_by_one_job(client: httpx.Client) -> None:
    ids = [upload(client, sine(amplitude), f"{amplitude}.wav") for amplitude in (0.1, 0.2)]
    silent = upload(client, media.image(), "a.jpg")
    body = {"kind": "audio", "ids": [*ids, silent], "operations": NORMALIZED, "output": {"format": "aac"}}
    job = client.post(f"{PROCESS}/batch", json=body).json()
    assert ended(client, job["id"])["items"] == {"total": 3, "done": 2, "failed": 1}


def test_what_cannot_be_is_refused_before_there_is_a_job(client: httpx.Client) -> None:
    source = upload(client, sine(), "tone.wav")
    for body, place in (
        ({"operations": [{"type": "blur", "sigma": 2}]}, "operations[0]"),
        ({"operations": [{"type": "speed", "factor": 9}]}, "operations[0].factor"),
        ({"output": {"format": "mp3", "bitrate": 1}}, "output.bitrate"),
        ({"operations": NORMALIZED, "mode": "sync"}, "mode"),
    ):
        status, code, field = refusal(process(client, source, **body))
        assert (status, code) == (422, "invalid_recipe")
        assert field.startswith(place)


def test_the_catalogue_tells_all_of_it(client: httpx.Client) -> None:
    told = client.get(f"{PROCESS}/operations", params={"kind": "audio"}).json()
    assert {"normalize", "trim", "concat"} <= {entry["name"] for entry in told["operations"]}
    assert {"aac", "mp3", "opus", "vorbis", "flac", "wav", "auto"} == {entry["name"] for entry in told["outputs"]}
    source = upload(client, sine(), "tone.wav")
    examples = [entry["example"] for entry in told["operations"] if entry["name"] != "concat"]
    assert made_by(client, process(client, source, operations=examples))["kind"] == "audio"
