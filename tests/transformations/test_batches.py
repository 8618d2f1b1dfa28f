"""Many pictures transformed alike: one job, an outcome for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import wait_until

MEDIA = "/api/v1/media"
BATCH = "/api/v1/process/batch"
SMALL = {"operations": [{"type": "resize", "width": 80}]}


def upload(client: httpx.Client, content: bytes | None = None, name: str = "a.jpg", **fields: str) -> str:
    answer = client.post(f"{MEDIA}/upload", files={"file": (name, content or media.image())}, data=fields)
    return str(answer.json()["id"])


def ended(client: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text

    def over() -> dict[str, Any] | None:
        job: dict[str, Any] = client.get(f"/api/v1/jobs/{answer.json()['id']}").json()
        return None if job["state"] in {"queued", "running"} else job

    return wait_until(over)


def items(client: httpx.Client, job: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/jobs/{job['id']}/items").json()["items"]
    return found


def test_each_picture_has_an_outcome_of_its_own(client: httpx.Client, new_client: Callable[..., httpx.Client]) -> None:
    good, foreign = upload(client), upload(new_client())
    ids = [good, upload(client, media.PDF, "a.pdf"), foreign, str(uuid4()), "no id", upload(client)]
    job = ended(client, client.post(BATCH, json={"ids": ids, **SMALL, "tags": ["small"]}))
    assert (job["state"], job["items"]) == ("succeeded", {"total": 6, "done": 2, "failed": 4})
    found = items(client, job)
    codes = [(item["error"] or {}).get("code") for item in found]
    assert codes == [None, "unsupported_type", "not_found", "not_found", "invalid", None]
    made = client.get(f"{MEDIA}/{found[0]['result']['media_id']}").json()
    assert (made["parent_id"], made["width"], made["tags"]) == (good, 80, ["small"])


def test_all_that_a_query_means_are_changed(client: httpx.Client) -> None:
    shop = [upload(client, tags="shop") for _ in range(3)]
    other = upload(client)
    upload(client, media.PDF, "a.pdf", tags="shop")
    job = ended(client, client.post(BATCH, json={"query": {"tag": ["shop"]}, **SMALL, "into": "version"}))
    assert job["items"] == {"total": 3, "done": 3, "failed": 0}
    assert [item["subject"] for item in items(client, job)] == shop
    assert {client.get(f"{MEDIA}/{one}").json()["width"] for one in shop} == {80}
    assert client.get(f"{MEDIA}/{other}").json()["width"] == 320
    assert len(client.get(f"{MEDIA}/{shop[0]}/versions").json()["items"]) == 2


def test_a_preset_does_for_a_batch(client: httpx.Client) -> None:
    client.post("/api/v1/presets", json={"name": "tiny", **SMALL, "output": {"format": "webp"}})
    job = ended(client, client.post(BATCH, json={"ids": [upload(client)], "preset": "tiny"}))
    (item,) = items(client, job)
    assert client.get(f"{MEDIA}/{item['result']['media_id']}").json()["mime_type"] == "image/webp"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "ids"),
        ({"ids": ["a"], "query": {}}, 422, "ids"),
        ({"ids": []}, 400, "ids"),
        ({"ids": ["a"] * 1001}, 400, "ids"),
        ({"query": {"tag": ["nothing has this"]}}, 400, "query"),
        ({"query": {"created_after": "2026-01-31T12:00:00"}}, 400, "created_after"),
        ({"ids": ["a"], "operations": [{"type": "explode"}]}, 422, "operations[0].type"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(client: httpx.Client, body: dict[str, Any], status: int, field: str) -> None:
    answer = client.post(BATCH, json=SMALL | body)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_everybodys_pictures_are_for_those_who_see_everybody(client: httpx.Client) -> None:
    answer = client.post(BATCH, json={"query": {"scope": "all"}, **SMALL})
    assert (answer.status_code, answer.json()["code"]) == (403, "own_only")


def test_a_batch_that_is_cancelled_makes_no_more(client: httpx.Client) -> None:
    source = upload(client, media.photo(2400, 1600))
    body = {"ids": [source] * 60, "operations": [{"type": "blur", "sigma": 20}]}
    job = client.post(BATCH, json=body).json()
    wait_until(lambda: client.get(f"/api/v1/jobs/{job['id']}").json()["items"]["done"])
    assert client.post(f"/api/v1/jobs/{job['id']}/cancel").status_code == 200
    done = client.get(f"/api/v1/jobs/{job['id']}").json()["items"]["done"]
    assert 1 <= done < 60
    assert len(client.get(MEDIA, params={"parent": source, "limit": 100}).json()["items"]) == done
