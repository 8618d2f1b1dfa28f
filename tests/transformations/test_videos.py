"""Videos transformed over HTTP: jobs, what comes of them, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import pyvips
from tests.transformations.test_process import MEDIA, PROCESS, ended, process, refusal, upload

from mediaworks.testing import media

SMALL = {"operations": [{"type": "resize", "width": 64}], "output": {"format": "mp4", "speed": "fast"}}


@pytest.fixture
def video(client: httpx.Client) -> str:
    return upload(client, media.video(), "film.mp4")


def done(client: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """What the job of this answer has made."""
    assert answer.status_code == 202, answer.text
    job = ended(client, answer.json()["id"])
    assert job["state"] == "succeeded", job["error"]
    found: dict[str, Any] = job["result"]
    return found


@pytest.mark.parametrize("mode", ["async", "derive"])
def test_a_job_makes_a_video_of_a_video(client: httpx.Client, video: str, mode: str) -> None:
    answer = process(client, video, **SMALL, mode=mode, name="small.mp4", tags=["small"])
    assert answer.json()["task"] == "process.video"
    made = client.get(f"{MEDIA}/{done(client, answer)['media_id']}").json()
    assert (made["parent_id"], made["media_type"], made["mime_type"]) == (video, "video", "video/mp4")
    assert (made["width"], made["height"], made["original_name"]) == (64, 36, "small.mp4")
    assert made["duration"] == pytest.approx(1, abs=0.1)
    assert made["recipe"]["output"]["format"] == "mp4"
    status = client.get(f"{PROCESS}/{video}/status").json()
    assert (status["status"], status["progress"]) == ("completed", 100.0)


def test_a_version_is_a_video_as_well(client: httpx.Client, video: str) -> None:
    done(client, process(client, video, **SMALL, mode="version"))
    versions = client.get(f"{MEDIA}/{video}/versions").json()["items"]
    assert [(one["number"], one["width"]) for one in versions] == [(2, 64), (1, 128)]
    assert client.get(f"{MEDIA}/{video}").json()["width"] == 64
    refused = process(client, video, operations=[], output={"format": "gif"}, mode="version")
    error = ended(client, refused.json()["id"])["error"]
    assert (error["code"], error["field"]) == ("invalid_recipe", "output.format")


def test_a_frame_comes_at_once_and_everything_else_by_a_job(client: httpx.Client, video: str) -> None:
    frame = {"format": "frame", "at": 0.5, "picture": {"format": "webp"}}
    answer = process(client, video, operations=[{"type": "grayscale"}], output=frame, mode="sync")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert 'filename="film.webp"' in answer.headers["content-disposition"]
    assert pyvips.Image.new_from_buffer(answer.content, "").width == 128
    refused = process(client, video, **SMALL, mode="sync")
    assert (*refusal(refused), refused.json()["allowed"]) == (
        422, "invalid_recipe", "mode", ["async", "derive", "version"],
    )  # fmt: skip


def test_several_pictures_become_objects_of_their_own(client: httpx.Client, video: str) -> None:
    output = {"format": "thumbnails", "count": 3, "width": 32}
    made = done(client, process(client, video, operations=[], output=output))
    found = [client.get(f"{MEDIA}/{one}").json() for one in made["media_ids"]]
    assert [(one["media_type"], one["width"], one["parent_id"]) for one in found] == [("image", 32, video)] * 3
    assert made["media_id"] == made["media_ids"][0]


@pytest.mark.parametrize(
    ("body", "field", "allowed"),
    [
        ({"operations": [{"type": "noise"}]}, "operations[0].type", "trim"),
        ({"operations": [{"type": "speed", "factor": 9}]}, "operations[0].factor", "0.25 to 4"),
        ({"operations": [{"type": "filter", "name": "sepia"}]}, "operations[0]", "toaster"),
        ({"output": {"format": "jpeg"}}, "output.format", "optimize_for_web"),
        ({"output": {"format": "mov", "codec": "av1"}}, "output.codec", "hevc"),
        ({"output": {"format": "webm", "audio": "aac"}}, "output.audio", "opus"),
    ],
)
def test_what_videos_do_not_know_is_refused_with_what_they_do(
    client: httpx.Client, video: str, body: dict[str, Any], field: str, allowed: str
) -> None:
    answer = process(client, video, **body)
    assert refusal(answer) == (422, "invalid_recipe", field)
    assert allowed in answer.text


def test_other_files_have_to_be_there_and_of_the_right_kind(
    client: httpx.Client, video: str, new_client: Callable[..., httpx.Client]
) -> None:
    foreign, picture = upload(new_client(), media.video(), "b.mp4"), upload(client)
    for other in (foreign, picture, "no id"):
        answer = process(client, video, operations=[{"type": "mute"}, {"type": "concat", "media": [other]}])
        assert refusal(answer) == (422, "invalid_recipe", "operations[1].media")
    step = {"type": "concat", "media": [upload(client, media.video(), "b.mp4")]}
    made = done(client, process(client, video, operations=[step], output={"format": "mp4", "speed": "fast"}))
    assert client.get(f"{MEDIA}/{made['media_id']}").json()["duration"] == pytest.approx(2, abs=0.1)


def test_presets_and_batches_are_for_one_kind(client: httpx.Client, video: str) -> None:
    preset = {"name": "clip", "kind": "video", **SMALL}
    assert client.post("/api/v1/presets", json=preset).status_code == 201
    assert refusal(process(client, upload(client), preset="clip")) == (422, "invalid_recipe", "preset")
    assert client.post("/api/v1/presets", json={**preset, "name": "wrong", "kind": "audio"}).status_code == 422
    ids = [video, upload(client)]
    job = ended(
        client, client.post(f"{PROCESS}/batch", json={"kind": "video", "ids": ids, "preset": "clip"}).json()["id"]
    )
    items = client.get(f"/api/v1/jobs/{job['id']}/items").json()["items"]
    assert [(item["error"] or {}).get("code") for item in items] == [None, "unsupported_type"]
    assert client.get(f"{MEDIA}/{items[0]['result']['media_id']}").json()["width"] == 64


def test_a_broken_video_ends_in_a_refusal(client: httpx.Client) -> None:
    broken = upload(client, media.video()[:700], "broken.mp4")
    job = ended(client, process(client, broken, **SMALL).json()["id"])
    assert (job["state"], job["error"]["code"]) == ("failed", "unreadable_media")


def test_the_catalogue_tells_what_videos_know(client: httpx.Client) -> None:
    told = client.get(f"{PROCESS}/operations", params={"kind": "video"}).json()
    assert {"trim", "concat", "grayscale"} <= {one["name"] for one in told["operations"]}
    assert {"mp4", "renditions", "frame"} <= {one["name"] for one in told["outputs"]}
    names = client.get(f"{PROCESS}/filters", params={"kind": "video"}).json()["items"]
    assert {"toaster", "clarendon"} <= set(names)


def test_a_picture_that_moves_becomes_a_video_by_its_output(client: httpx.Client) -> None:
    picture = upload(client, media.animation(4, delay=[50, 200, 100, 150]), "dance.gif")
    recipe = {"operations": [{"type": "speed", "factor": 0.5}], "output": {"format": "mp4", "speed": "fast"}}
    answer = process(client, picture, **recipe, mode="derive")
    assert answer.json()["task"] == "process.video"
    made = client.get(f"{MEDIA}/{done(client, answer)['media_id']}").json()
    assert (made["parent_id"], made["media_type"], made["original_name"]) == (picture, "video", "dance.mp4")
    assert (made["width"], made["height"]) == (64, 48)
    assert made["duration"] == pytest.approx(1, abs=0.03)
    frame = process(client, picture, operations=[], output={"format": "frame", "at": 0.1}, mode="sync")
    assert (frame.status_code, frame.headers["content-type"]) == (200, "image/jpeg")


def test_pictures_become_videos_by_presets_and_batches_too(client: httpx.Client) -> None:
    preset = {"name": "to-film", "kind": "image", "operations": [], "output": {"format": "mp4", "speed": "fast"}}
    assert client.post("/api/v1/presets", json=preset).status_code == 201
    ids = [upload(client, media.animation(suffix=".webp"), "dance.webp"), upload(client)]
    job = ended(client, client.post(f"{PROCESS}/batch", json={"ids": ids, "preset": "to-film"}).json()["id"])
    items = client.get(f"/api/v1/jobs/{job['id']}/items").json()["items"]
    assert [(item["error"] or {}).get("code") for item in items] == [None, "unsupported_type"]
    assert client.get(f"{MEDIA}/{items[0]['result']['media_id']}").json()["mime_type"] == "video/mp4"


def test_a_picture_that_does_not_move_becomes_no_video(client: httpx.Client) -> None:
    mp4 = {"operations": [], "output": {"format": "mp4"}}
    refused = process(client, upload(client), **mp4)
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_type")
    assert {"image/gif", "image/webp"} <= set(refused.json()["allowed"])
    gif = upload(client, media.animation(), "dance.gif")
    assert refusal(process(client, gif, **mp4, mode="sync")) == (422, "invalid_recipe", "mode")
    job = ended(client, process(client, gif, **mp4, mode="version").json()["id"])
    assert (job["error"]["code"], job["error"]["field"]) == ("invalid_recipe", "output.format")
    still = ended(client, process(client, upload(client, media.animation(1), "still.gif"), **mp4).json()["id"])
    assert (still["error"]["code"], still["error"]["field"]) == ("invalid_recipe", "output.format")


def test_the_catalogue_tells_what_becomes_of_another_kind(client: httpx.Client) -> None:
    also = client.get(f"{PROCESS}/operations", params={"kind": "image"}).json()["also"]
    assert (also["mp4"], also["webm"]) == ("video", "video")
    assert not {"gif", "webp", "auto"} & also.keys()
    assert client.get(f"{PROCESS}/operations", params={"kind": "video"}).json()["also"]["mp3"] == "audio"


def test_a_job_tells_why_its_ladder_has_these_rungs(client: httpx.Client, video: str) -> None:
    output = {"format": "ladder", "heights": [72, 36], "output": {"format": "mp4", "speed": "fast"}}
    made = done(client, process(client, video, operations=[], output=output))
    kept = [rung for rung in made["ladder"] if "left_out" not in rung]
    ids = made.get("media_ids", [made["media_id"]])
    widths = [client.get(f"{MEDIA}/{one}").json()["width"] for one in ids]
    assert widths == [rung["pixels"][0] for rung in kept]
    assert [rung["height"] for rung in made["ladder"]] == [72, 36]
