"""Pictures transformed over HTTP: each way to have the result, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pyvips

from mediaworks.testing import media
from mediaworks.testing.service import wait_until

MEDIA = "/api/v1/media"
PROCESS = "/api/v1/process"
SMALL = {"operations": [{"type": "resize", "width": 80}]}
WEBP = {"output": {"format": "webp"}}


def upload(client: httpx.Client, content: bytes | None = None, name: str = "beach.jpg", **fields: str) -> str:
    answer = client.post(f"{MEDIA}/upload", files={"file": (name, content or media.image())}, data=fields)
    return str(answer.json()["id"])


def process(client: httpx.Client, media_id: str, **body: Any) -> httpx.Response:
    return client.post(f"{PROCESS}/{media_id}", json=body)


def size_of(content: bytes) -> tuple[int, int]:
    found = pyvips.Image.new_from_buffer(content, "")
    return found.width, found.height


def ended(client: httpx.Client, job_id: str) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        job: dict[str, Any] = client.get(f"/api/v1/jobs/{job_id}").json()
        return None if job["state"] in {"queued", "running"} else job

    return wait_until(over)


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["code"], body.get("field", "")


def test_sync_answers_with_the_picture_and_keeps_nothing(client: httpx.Client) -> None:
    source = upload(client)
    answer = process(client, source, **SMALL, **WEBP, mode="sync")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert size_of(answer.content) == (80, 50)
    assert (answer.headers["x-result-width"], answer.headers["x-result-height"]) == ("80", "50")
    assert answer.headers["content-length"] == str(len(answer.content))
    assert 'filename="beach.webp"' in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert [item["id"] for item in client.get(MEDIA).json()["items"]] == [source]


def test_only_what_changes_something_is_in_the_audit_log(client: httpx.Client, admin: httpx.Client) -> None:
    source = upload(client)
    process(client, source, **SMALL, mode="sync")
    process(client, source, **SMALL, mode="async")
    rows = admin.get("/api/v1/audit", params={"limit": 200}).json()["items"]
    assert [row["status"] for row in rows if row["path"] == f"{PROCESS}/{source}"] == [202]


def test_derive_answers_with_a_media_object_that_knows_where_it_comes_from(
    client: httpx.Client, ready: Callable[[str], dict[str, Any]]
) -> None:
    source = upload(client)
    labels = {"name": "small.webp", "tags": ["shop"], "visibility": "unlisted", "metadata": {"shelf": 4}}
    answer = process(client, source, **SMALL, **WEBP, mode="derive", **labels)
    made = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"{MEDIA}/{made['id']}")
    assert (made["parent_id"], made["mime_type"], made["width"], made["height"]) == (source, "image/webp", 80, 50)
    assert (made["original_name"], made["tags"], made["visibility"]) == ("small.webp", ["shop"], "unlisted")
    assert made["metadata"] == {"shelf": 4}
    assert made["recipe"]["operations"][0] | SMALL["operations"][0] == made["recipe"]["operations"][0]
    assert made["recipe"]["output"]["format"] == "webp"
    assert size_of(client.get(f"{MEDIA}/{made['id']}/download").content) == (80, 50)
    understood = ready(made["id"])
    assert (understood["processing_status"], understood["blurhash"] is None) == ("ready", False)
    derived = client.get(MEDIA, params={"parent": source}).json()["items"]
    assert [item["id"] for item in derived] == [made["id"]]


def test_without_a_name_a_derived_object_is_called_as_its_source(client: httpx.Client) -> None:
    source = upload(client, name="beach.jpeg")
    assert process(client, source, **SMALL, mode="derive").json()["original_name"] == "beach.jpeg"
    assert process(client, source, **WEBP, mode="derive").json()["original_name"] == "beach.webp"


def test_the_first_contract_is_answered_by_a_job_whose_state_can_be_asked_for(client: httpx.Client) -> None:
    source = upload(client)
    answer = process(client, source, operations=[{"type": "resize", "width": 80, "height": 60}])
    job = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (202, f"/api/v1/jobs/{job['job_id']}")
    assert (job["media_id"], job["task"], job["queue"]) == (source, "process.one", "image")
    assert job["status"] in {"pending", "in_progress", "completed"}
    done = ended(client, job["job_id"])
    assert done["state"] == "succeeded", done
    status = client.get(job["status_url"]).json()
    assert (status["media_id"], status["status"], status["progress"]) == (source, "completed", 100.0)
    assert status["result"] == done["result"]
    made = client.get(f"{MEDIA}/{status['result']['media_id']}").json()
    assert (made["parent_id"], made["width"]) == (source, 80)


def test_the_state_of_an_object_that_nobody_transforms_is_that_of_its_understanding(
    client: httpx.Client, ready: Callable[[str], dict[str, Any]]
) -> None:
    source = upload(client)
    ready(source)
    status = client.get(f"{PROCESS}/{source}/status").json()
    assert (status["status"], status["progress"], status["job"]) == ("completed", 100.0, None)


def test_a_job_that_is_refused_says_why_and_makes_nothing(client: httpx.Client) -> None:
    source = upload(client)
    crop = {"type": "crop", "x": 300, "y": 0, "width": 100, "height": 100}
    job = process(client, source, operations=[crop]).json()
    assert ended(client, job["job_id"])["error"]["code"] == "invalid_recipe"
    status = client.get(f"{PROCESS}/{source}/status").json()
    assert (status["status"], status["error"]["field"]) == ("failed", "operations[0].width")
    assert client.get(MEDIA, params={"parent": source}).json()["items"] == []


def test_much_work_becomes_a_job_or_is_refused_where_bytes_are_wanted(client: httpx.Client) -> None:
    source = upload(client)
    large = [{"type": "resize", "width": 9000, "height": 9000, "fit": "force", "enlarge": True}]
    refused = process(client, source, operations=large, mode="sync")
    assert refusal(refused) == (422, "too_much_work", "mode")
    assert refused.json()["limit"] == 120
    answer = process(client, source, operations=large, mode="derive")
    assert (answer.status_code, answer.json()["task"]) == (202, "process.one")
    cancelled = client.post(f"/api/v1/jobs/{answer.json()['job_id']}/cancel")
    assert cancelled.status_code in {200, 409}


def test_all_frames_of_an_animation_are_work(client: httpx.Client, ready: Callable[[str], dict[str, Any]]) -> None:
    moving = upload(client, media.animation(20), "a.gif")
    ready(moving)
    large = [{"type": "resize", "width": 1600, "height": 1200, "fit": "force", "enlarge": True}]
    assert process(client, moving, operations=large, mode="sync", output={"format": "png"}).status_code == 200
    refused = process(client, moving, operations=large, mode="sync", output={"format": "webp"})
    assert refusal(refused)[:2] == (422, "too_much_work")


@pytest.mark.parametrize("mode", ["sync", "derive", "async"])
@pytest.mark.parametrize(
    ("operation", "field"),
    [
        ({"type": "explode"}, "operations[1].type"),
        ({"type": "blur", "sigma": 10_000}, "operations[1].sigma"),
        ({"type": "blur", "sigma": "NaN"}, "operations[1].sigma"),
        ({"type": "blur", "strength": 1}, "operations[1].strength"),
        ({"type": "crop", "x": -1, "y": 0, "width": 5, "height": 5}, "operations[1].x"),
        ({"type": "resize", "width": 70_000}, "operations[1].width"),
        ({"type": "watermark", "media": "logo"}, "operations[1].media"),
        ({"type": "watermark", "media": "0190f0c0-0000-7000-8000-000000000000"}, "operations[1].media"),
        ("grayscale", "operations[1]"),
    ],
)
def test_an_operation_that_cannot_be_is_refused_by_its_place(
    client: httpx.Client, picture: str, mode: str, operation: Any, field: str
) -> None:
    answer = process(client, picture, operations=[{"type": "grayscale"}, operation], mode=mode)
    assert refusal(answer) == (422, "invalid_recipe", field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "operations"),
        ({"operations": [], "preset": "card"}, "preset"),
        ({"operations": [], "output": {"format": "bmp"}}, "output.format"),
        ({"operations": [], "output": {"format": "jpeg", "quality": 101}}, "output.quality"),
        ({"operations": [{"type": "grayscale"}] * 51}, "operations"),
        ({"operations": [], "mode": "sync", "into": "version"}, "into"),
        ({"operations": [], "mode": "version", "tags": ["a"]}, "into"),
        ({"operations": [{"type": "resize", "width": 30_000, "height": 30_000, "enlarge": True, "fit": "force"}]}, "operations[0]"),
    ],
)  # fmt: skip
def test_a_recipe_that_cannot_be_is_refused_by_its_field(
    client: httpx.Client, picture: str, body: dict[str, Any], field: str
) -> None:
    status, _, named = refusal(process(client, picture, **body))
    assert (status, named) == (422, field)


@pytest.fixture
def picture(client: httpx.Client) -> str:
    return upload(client)


@pytest.mark.parametrize("mode", ["sync", "derive", "version", "async"])
def test_a_document_cannot_be_transformed(client: httpx.Client, mode: str) -> None:
    answer = process(client, upload(client, media.PDF, "a.pdf"), **SMALL, mode=mode)
    assert refusal(answer) == (415, "unsupported_type", "")
    assert {"image/*", "video/*"} <= set(answer.json()["allowed"])


@pytest.mark.parametrize("body", [b'{"operations": [{"type": "blur", "sigma": NaN}]}', b"{", b'{"operations": 1}', b'{"mode": "now"}'])  # fmt: skip
def test_a_body_that_is_no_request_is_refused(client: httpx.Client, picture: str, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    assert client.post(f"{PROCESS}/{picture}", content=body, headers=headers).status_code == 400


def test_a_file_that_is_broken_is_refused_and_nothing_comes_of_it(client: httpx.Client) -> None:
    broken = upload(client, media.photo(400, 300)[:200])
    for mode in ("sync", "derive", "version"):
        assert refusal(process(client, broken, **SMALL, mode=mode)) == (422, "unreadable_media", "")
    assert client.get(MEDIA, params={"parent": broken}).json()["items"] == []


def test_a_preset_stands_for_its_recipe(client: httpx.Client, picture: str) -> None:
    client.post("/api/v1/presets", json={"name": "tiny", **SMALL, **WEBP})
    answer = process(client, picture, preset="tiny", mode="sync")
    assert (answer.headers["content-type"], size_of(answer.content)) == ("image/webp", (80, 50))
    assert refusal(process(client, picture, preset="none-such"))[:2] == (404, "not_found")


def test_a_watermark_is_a_picture_that_the_caller_may_look_at(
    client: httpx.Client, new_client: Callable[..., httpx.Client], picture: str
) -> None:
    stranger = new_client()
    mark = pyvips.Image.black(40, 40, bands=3).linear(1, [255, 0, 0]).cast("uchar").copy(interpretation="srgb")
    theirs = upload(stranger, bytes(mark.write_to_buffer(".png")), "logo.png")
    recipe = {"operations": [{"type": "watermark", "media": theirs, "gravity": "north_west"}], "mode": "sync"}
    refused = process(client, picture, **recipe)
    assert refusal(refused) == (422, "invalid_recipe", "operations[0].media")
    stranger.post(f"{MEDIA}/{theirs}/shares", json={"user_id": client.headers["x-test-user"]})
    shown = process(client, picture, **recipe, output={"format": "png"})
    assert pyvips.Image.new_from_buffer(shown.content, "")(20, 20)[:3] == [255, 0, 0]


def test_what_is_made_of_anothers_picture_is_ones_own(
    client: httpx.Client, new_client: Callable[..., httpx.Client], picture: str
) -> None:
    guest = new_client()
    assert process(guest, picture, **SMALL, mode="derive").status_code == 404
    client.post(f"{MEDIA}/{picture}/shares", json={"user_id": guest.headers["x-test-user"]})
    made = process(guest, picture, **SMALL, mode="derive").json()
    assert made["user_id"] == guest.headers["x-test-user"]
    assert refusal(process(guest, picture, **SMALL, mode="version"))[:2] == (403, "view_only")
    assert guest.get(f"{PROCESS}/{picture}/status").json()["job"] is None


def test_a_service_has_anybodys_picture_transformed_and_sees_anybodys_work(
    new_client: Callable[..., httpx.Client], client: httpx.Client, picture: str
) -> None:
    backend = new_client(role="service")
    job = process(backend, picture, **SMALL).json()
    assert ended(backend, job["job_id"])["state"] == "succeeded"
    assert backend.get(f"{PROCESS}/{picture}/status").json()["job"]["id"] == job["job_id"]
    assert client.get(f"{PROCESS}/{picture}/status").json()["job"] is None
    changed = process(backend, picture, **SMALL, mode="version").json()
    assert (changed["user_id"], changed["width"]) == (client.headers["x-test-user"], 80)


def test_who_only_looks_gets_pictures_and_makes_none(
    client: httpx.Client, new_client: Callable[..., httpx.Client], picture: str
) -> None:
    viewer = new_client(role="viewer")
    client.post(f"{MEDIA}/{picture}/shares", json={"user_id": viewer.headers["x-test-user"]})
    assert process(viewer, picture, **SMALL, mode="sync").status_code == 200
    for mode in ("derive", "version", "async"):
        assert refusal(process(viewer, picture, **SMALL, mode=mode))[:2] == (403, "missing_scope")


def test_what_is_derived_counts_to_the_quota_and_is_refused_over_it(
    admin: httpx.Client, new_client: Callable[..., httpx.Client]
) -> None:
    client = new_client()
    user = f"/api/v1/users/{client.headers['x-test-user']}"
    source = client.get(f"{MEDIA}/{upload(client)}").json()
    made = process(client, source["id"], **SMALL, mode="derive").json()
    used = client.get(user).json()["used_bytes"]
    assert used == source["size_bytes"] + made["size_bytes"]
    admin.patch(user, json={"quota_bytes": used + 10})
    assert refusal(process(client, source["id"], **SMALL, mode="derive"))[:2] == (413, "quota_exceeded")
    assert client.get(user).json()["used_bytes"] == used
    assert process(client, source["id"], **SMALL, mode="sync").status_code == 200


def test_the_same_request_with_the_same_key_makes_one_object(client: httpx.Client, picture: str) -> None:
    body, headers = {**SMALL, "mode": "derive"}, {"idempotency-key": str(uuid4())}
    first, second = (client.post(f"{PROCESS}/{picture}", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.content, second.headers["idempotency-replayed"]) == (second.content, "true")
    assert len(client.get(MEDIA, params={"parent": picture}).json()["items"]) == 1


def test_a_limited_allowance_for_megapixels_is_used_up_by_pictures(
    admin: httpx.Client, client: httpx.Client, picture: str
) -> None:
    policy = {"megapixel_seconds": {"amount": 1, "seconds": 86_400}}
    put = admin.put(f"/api/v1/users/{client.headers['x-test-user']}/policy", json=policy)
    assert put.status_code < 300, put.text
    big = upload(client, media.photo(3000, 2000))

    def used_up() -> httpx.Response | None:
        answer = process(client, big, operations=[{"type": "blur", "sigma": 20}], mode="sync")
        return answer if answer.status_code == 429 else None

    refused = wait_until(used_up)
    assert (refused.json()["code"], "retry-after" in refused.headers) == ("rate_limited", True)
