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
    short = process(client, source, output={"format": "mp3"}, mode="sync")
    assert (short.status_code, short.headers["content-type"]) == (200, "audio/mpeg")
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
    ):
        status, code, field = refusal(process(client, source, **body))
        assert (status, code) == (422, "invalid_recipe")
        assert field.startswith(place)


def test_a_short_sound_comes_at_once_and_nothing_is_kept(client: httpx.Client) -> None:
    source = upload(client, sine(0.05), "tone.wav")
    answer = process(client, source, operations=NORMALIZED, output={"format": "mp3"}, mode="sync")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg")
    assert 'filename="tone.mp3"' in answer.headers["content-disposition"]
    assert float(answer.headers["x-result-duration"]) == pytest.approx(1, abs=0.1)
    assert "x-result-width" not in answer.headers
    with av.open(io.BytesIO(answer.content), "r") as container:
        assert container.streams.audio[0].codec_context.name == "mp3float"
    assert len(client.get(MEDIA).json()["items"]) == 1
    refused = process(client, source, operations=[{"type": "pick_channel", "channel": 7}], mode="sync")
    assert refusal(refused) == (422, "invalid_recipe", "operations[0].channel")


def test_a_cover_is_another_object_and_what_cannot_be_written_is_warned_of(client: httpx.Client) -> None:
    source, picture = upload(client, sine(), "tone.wav"), upload(client)
    covered = {"operations": [{"type": "set_cover", "media": picture}], "mode": "sync"}
    with av.open(io.BytesIO(process(client, source, **covered, output={"format": "opus"}).content), "r") as container:
        assert [stream.type for stream in container.streams] == ["audio", "video"]
    assert "cover: left out" in process(client, source, **covered).headers["x-warning"]
    foreign = {"operations": [{"type": "set_cover", "media": source}], "mode": "sync"}
    assert refusal(process(client, source, **foreign)) == (422, "invalid_recipe", "operations[0].media")


def test_much_sound_takes_a_job(client: httpx.Client, ready: Ready) -> None:
    source = upload(client, sounding("sine=d=16:r=8000"), "long.wav")
    ready(source)
    for steps in ([{"type": "speed", "factor": 0.25}], [{"type": "concat", "media": [source] * 4}]):
        refused = process(client, source, operations=steps, mode="sync")
        assert refusal(refused) == (422, "too_much_work", "mode")
        assert refused.json()["limit"] == 60
        assert "mode async" in refused.json()["detail"]
    assert process(client, source, operations=[{"type": "speed", "factor": 2}], mode="sync").status_code == 200


def test_a_preset_for_sound_is_for_sound_alone(client: httpx.Client) -> None:
    voice = {"kind": "audio", "operations": NORMALIZED, "output": {"format": "opus", "tuned_for": "speech"}}
    assert client.put("/api/v1/presets/voice", json=voice).json()["kind"] == "audio"
    sound, picture = upload(client, sine(0.05), "tone.wav"), upload(client)
    assert process(client, sound, preset="voice", mode="sync").headers["content-type"] == "audio/opus"
    assert refusal(process(client, picture, preset="voice", mode="sync")) == (422, "invalid_recipe", "preset")
    assert refusal(process(client, sound, preset="web", mode="sync")) == (422, "invalid_recipe", "preset")
    body = {"kind": "audio", "ids": [sound, picture], "preset": "voice"}
    job = client.post(f"{PROCESS}/batch", json=body).json()
    assert ended(client, job["id"])["items"] == {"total": 2, "done": 1, "failed": 1}
    wrong = client.put("/api/v1/presets/wrong", json={**voice, "kind": "image"})
    assert refusal(wrong) == (422, "invalid_recipe", "operations[0].type")


def test_sound_has_no_pictures_in_widths(client: httpx.Client) -> None:
    answer = client.post(f"{PROCESS}/{upload(client, sine(), 'tone.wav')}/srcset", json={"widths": [100]})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_type")
    assert "image" in answer.json()["detail"]


def test_the_catalogue_tells_all_of_it(client: httpx.Client) -> None:
    told = client.get(f"{PROCESS}/operations", params={"kind": "audio"}).json()
    assert {"normalize", "trim", "concat"} <= {entry["name"] for entry in told["operations"]}
    assert {"aac", "mp3", "opus", "vorbis", "flac", "wav", "auto"} == {entry["name"] for entry in told["outputs"]}
    source = upload(client, sine(), "tone.wav")
    examples = [entry["example"] for entry in told["operations"] if "media" not in entry["example"]]
    assert made_by(client, process(client, source, operations=examples))["kind"] == "audio"
