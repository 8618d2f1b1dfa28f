"""Jobs as their owners see them, on a real service."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.origin import Heard, Origin, answer
from mediaworks.testing.service import Service, wait_until

pytestmark = pytest.mark.long

JOBS = "/api/v1/jobs"
Beside = Callable[[Any], Any]
NewClient = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def service(fetching: Service) -> Service:
    """A service that may fetch from this machine, so that a test can make a job as long as it likes."""
    return fetching


class Endless:
    """A file that never ends, of which a piece comes every now and then."""

    async def __call__(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("200 OK", content_length="8000000") + media.PDF)
        while not writer.is_closing():
            writer.write(os.urandom(4096))
            await writer.drain()
            await asyncio.sleep(0.02)


def upload(client: httpx.Client, content: bytes | None = None) -> str:
    file = {"file": ("a.jpg", content or media.image())}
    media_id: str = client.post("/api/v1/media/upload", files=file).json()["id"]
    return media_id


def job_about(client: httpx.Client, subject: str) -> dict[str, Any]:
    (job,) = client.get(JOBS, params={"subject": subject}).json()["items"]
    return dict(job)


def ended(client: httpx.Client, job_id: str, seconds: float = 20) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        job: dict[str, Any] = client.get(f"{JOBS}/{job_id}").json()
        return None if job["state"] in {"queued", "running"} else job

    return wait_until(over, seconds)


def slow_import(client: httpx.Client, beside: Beside) -> tuple[str, str]:
    """The upload and the job of an import that runs and does not end."""
    upload_id = client.post("/api/v1/media/import", json={"url": beside(Origin(Endless())).url}).json()["id"]
    wait_until(lambda: client.get(f"/api/v1/uploads/{upload_id}").json()["offset"] > 0)
    return upload_id, job_about(client, upload_id)["id"]


def refusal(answered: httpx.Response, status: int, code: str) -> None:
    assert (answered.status_code, answered.json()["code"]) == (status, code), answered.text


def told(client: httpx.Client, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the job's stream tells, until it ends by itself."""
    with client.stream("GET", f"{JOBS}/{job_id}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        event = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            if line.startswith("data: "):
                yield event, json.loads(line.removeprefix("data: "))


def test_what_an_upload_leads_to_is_a_job_that_its_owner_sees(client: httpx.Client) -> None:
    media_id = upload(client)
    job = ended(client, job_about(client, media_id)["id"])
    assert (job["task"], job["queue"], job["state"], job["percent"]) == (
        "media.understand",
        "probe",
        "succeeded",
        100.0,
    )
    assert (job["result"], job["attempts"], job["user_id"]) == (
        {"media_id": media_id}, 1, client.headers["x-test-user"],
    )  # fmt: skip
    assert (job["items"], job["error"], job["eta_seconds"], job["stage"]) == (None, None, None, None)


def test_what_cannot_be_understood_is_a_job_that_failed_with_the_reason(client: httpx.Client) -> None:
    media_id = upload(client, media.image()[:300])
    job = ended(client, job_about(client, media_id)["id"])
    understood = client.get(f"/api/v1/media/{media_id}").json()
    assert (job["state"], job["attempts"]) == ("failed", 1)
    assert job["error"]["code"] == understood["processing_error"]["code"]


def test_jobs_are_listed_by_page_and_filtered(client: httpx.Client) -> None:
    ids = [job_about(client, upload(client))["id"] for _ in range(3)]
    for job_id in ids:
        ended(client, job_id)
    first = client.get(JOBS, params={"limit": 2}).json()
    second = client.get(JOBS, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [job["id"] for job in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None
    for name, value, count in [
        ("state", "succeeded", 3), ("state", "queued", 0), ("queue", "probe", 3), ("queue", "video", 0),
        ("task", "media.understand", 3), ("task", "x", 0),
    ]:  # fmt: skip
        assert len(client.get(JOBS, params={name: value}).json()["items"]) == count, (name, value)
    refusal(client.get(JOBS, params={"state": "lost"}), 400, "invalid")
    refusal(client.get(JOBS, params={"limit": 0}), 400, "invalid")


def test_jobs_of_others_are_not_there_and_administrators_see_all(
    client: httpx.Client, new_client: NewClient, admin: httpx.Client
) -> None:
    job_id = job_about(client, upload(client))["id"]
    ended(client, job_id)
    stranger, backend, viewer = new_client(), new_client(role="service"), new_client(role="viewer")
    for answered in (
        stranger.get(f"{JOBS}/{job_id}"), stranger.get(f"{JOBS}/{job_id}/items"), stranger.get(f"{JOBS}/{job_id}/events"),
        stranger.post(f"{JOBS}/{job_id}/cancel"), stranger.post(f"{JOBS}/{job_id}/retry"), stranger.get(f"{JOBS}/{uuid4()}"),
    ):  # fmt: skip
        refusal(answered, 404, "job_not_found")
    refusal(stranger.get(JOBS, params={"scope": "all"}), 403, "own_only")
    refusal(viewer.post(f"{JOBS}/{job_id}/cancel"), 403, "missing_scope")
    assert stranger.get(JOBS).json()["items"] == []
    for seer in (admin, backend):
        assert seer.get(f"{JOBS}/{job_id}").status_code == 200
        assert job_id in {job["id"] for job in seer.get(JOBS, params={"scope": "all", "limit": 200}).json()["items"]}


def test_the_services_own_jobs_are_for_administrators_only(client: httpx.Client, admin: httpx.Client) -> None:
    media_id = upload(client)
    client.delete(f"/api/v1/media/{media_id}", params={"purge": True})
    assert {job["task"] for job in client.get(JOBS).json()["items"]} == {"media.understand"}
    every = admin.get(JOBS, params={"scope": "all", "task": "media.remove_blobs"}).json()["items"]
    assert every
    refusal(client.get(f"{JOBS}/{every[0]['id']}"), 404, "job_not_found")


def test_a_job_is_followed_to_its_end(client: httpx.Client, beside: Beside) -> None:
    _, job_id = slow_import(client, beside)
    states, seen = [], 0.0
    for event, job in told(client, job_id):
        states.append((event, job["state"]))
        if job["state"] == "running" and (job["percent"] or 0) > seen:
            seen = job["percent"]
            assert job["eta_seconds"] > 0
            assert job["stage"] == "fetching"
            if len(states) > 2:
                client.post(f"{JOBS}/{job_id}/cancel")
    assert states[-1] == ("end", "cancelled")
    assert set(states[:-1]) == {("progress", "running")}
    assert [event for event, _ in told(client, job_id)] == ["end"]


def test_an_import_that_runs_ends_within_a_second_when_its_job_is_cancelled(
    client: httpx.Client, service: Service, beside: Beside
) -> None:
    upload_id, job_id = slow_import(client, beside)
    began = time.monotonic()
    assert client.post(f"{JOBS}/{job_id}/cancel").json()["state"] == "cancelled"
    wait_until(lambda: client.get(f"/api/v1/uploads/{upload_id}").json()["state"] == "aborted", 5)
    assert time.monotonic() - began < 1
    refusal(client.post(f"{JOBS}/{job_id}/cancel"), 409, "job_finished")
    blobs = service.data_dir / "blobs"
    wait_until(lambda: not [path for path in blobs.rglob("*") if upload_id in path.name])
    assert client.post(f"{JOBS}/{job_id}/retry").json()["state"] == "queued"
    again = ended(client, job_id)
    assert (again["state"], again["error"]["code"]) == ("failed", "upload_gone")


def test_a_finished_job_is_neither_cancelled_nor_run_again(client: httpx.Client) -> None:
    job_id = job_about(client, upload(client))["id"]
    ended(client, job_id)
    refusal(client.post(f"{JOBS}/{job_id}/cancel"), 409, "job_finished")
    refusal(client.post(f"{JOBS}/{job_id}/retry"), 409, "job_not_failed")


def test_a_failed_job_is_run_again_when_asked(client: httpx.Client) -> None:
    media_id = upload(client, media.image()[:300])
    job_id = job_about(client, media_id)["id"]
    ended(client, job_id)
    assert client.post(f"{JOBS}/{job_id}/retry").json()["state"] == "queued"
    assert (ended(client, job_id)["state"], ended(client, job_id)["attempts"]) == ("failed", 2)


def test_a_stopping_service_ends_the_streams(own_service: Service, beside: Beside) -> None:
    own_service.settings = {"MEDIAWORKS_EGRESS_ALLOW": "127.0.0.1"}
    own_service.start()
    with own_service.client() as client:
        _, job_id = slow_import(client, beside)
        stream = told(client, job_id)
        next(stream)
        began = time.monotonic()
        assert own_service.process is not None
        own_service.process.terminate()
        with suppress(httpx.TransportError):
            deque(stream)
        assert time.monotonic() - began < 5
