"""Many things asked for at once: an outcome for each, and one job."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from mediaworks.db import Connection
from mediaworks.errors import NotFound, Unavailable
from mediaworks.jobs import Item, RunningJob, State, Task, enqueue_batch, work_through
from mediaworks.jobs.items import list_items
from mediaworks.testing import media
from mediaworks.testing.origin import Origin, always, answer
from mediaworks.testing.service import Service, wait_until
from mediaworks.testing.working import Workplace

AtWork = Callable[[Callable[[Workplace], Any]], Any]
Beside = Callable[[Any], Any]
NewClient = Callable[..., httpx.Client]
JOBS, BATCH = "/api/v1/jobs", "/api/v1/media/batch"


@pytest.fixture(scope="module")
def service(fetching: Service) -> Service:
    """A service that may fetch from this machine, so that a test can make a job as long as it likes."""
    return fetching


def upload(client: httpx.Client) -> str:
    body = client.post("/api/v1/media/upload", files={"file": ("a.pdf", media.PDF + uuid4().bytes)}).json()
    return str(body["id"])


def ended(client: httpx.Client, job_id: str) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        job: dict[str, Any] = client.get(f"{JOBS}/{job_id}").json()
        return None if job["state"] in {"queued", "running"} else job

    return wait_until(over, 40)


def items(client: httpx.Client, job_id: str, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{JOBS}/{job_id}/items", params=more).json()["items"]
    return found


def do(client: httpx.Client, action: str, ids: list[str], **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The job, when it is over, and its items."""
    answered = client.post(BATCH, json={"action": action, "ids": ids} | more)
    assert answered.status_code == 202, answered.text
    job = ended(client, answered.json()["id"])
    return job, items(client, job["id"])


def outcomes(found: list[dict[str, Any]]) -> list[str]:
    return [item["error"]["code"] if item["error"] else item["state"] for item in found]


def refusal(answered: httpx.Response, status: int, code: str) -> None:
    assert (answered.status_code, answered.json()["code"]) == (status, code), answered.text


def test_each_object_of_a_batch_has_an_outcome_of_its_own(client: httpx.Client, new_client: NewClient) -> None:
    mine, foreign = [upload(client) for _ in range(2)], upload(new_client())
    ids = [mine[0], foreign, "nonsense", str(uuid4()), mine[1], mine[1]]
    job, found = do(client, "delete", ids)
    assert outcomes(found) == ["done", "not_found", "invalid", "not_found", "done", "not_found"]
    assert [item["number"] for item in found] == [1, 2, 3, 4, 5, 6]
    assert [item["subject"] for item in found] == ids
    assert (job["state"], job["items"], job["percent"], job["result"]) == (
        "succeeded", {"total": 6, "done": 2, "failed": 4}, 100.0, {"done": 2, "failed": 4},
    )  # fmt: skip
    assert client.get("/api/v1/media").json()["items"] == []
    assert outcomes(items(client, job["id"], state="failed", limit=1)) == ["not_found"]
    assert [item["number"] for item in items(client, job["id"], limit=2, cursor=2)] == [3, 4]


def test_what_one_can_do_to_an_object_one_can_do_to_many(client: httpx.Client) -> None:
    ids = [upload(client) for _ in range(2)]
    assert outcomes(do(client, "update", ids, changes={"tags": ["sea"]})[1]) == ["done", "done"]
    assert [one["tags"] for one in client.get("/api/v1/media").json()["items"]] == [["sea"], ["sea"]]
    assert outcomes(do(client, "delete", ids)[1]) == ["done", "done"]
    assert outcomes(do(client, "restore", ids)[1]) == ["done", "done"]
    assert outcomes(do(client, "restore", ids)[1]) == ["not_deleted", "not_deleted"]
    assert outcomes(do(client, "purge", ids)[1]) == ["done", "done"]
    assert outcomes(do(client, "purge", ids)[1]) == ["not_found", "not_found"]


def test_a_thousand_are_taken_and_one_more_is_refused(client: httpx.Client) -> None:
    ids = [f"nonsense {number}" for number in range(999)]
    job, _ = do(client, "delete", [*ids, upload(client)])
    assert job["items"] == {"total": 1000, "done": 1, "failed": 999}
    for wrong in (
        {"action": "delete", "ids": [*ids, "a", "b"]}, {"action": "delete", "ids": []}, {"action": "paint", "ids": ids},
        {"action": "update", "ids": ids}, {"action": "delete", "ids": ids, "changes": {}}, {"action": "delete", "ids": [1]},
        {"action": "update", "ids": ids, "changes": {}}, {"action": "update", "ids": ids, "changes": {"tags": ["x" * 101]}},
        {"action": "delete", "ids": ["x" * 101]},
    ):  # fmt: skip
        refusal(client.post(BATCH, json=wrong), 400, "invalid")


def test_a_viewer_does_nothing_to_many(new_client: NewClient) -> None:
    viewer = new_client(role="viewer")
    refusal(viewer.post(BATCH, json={"action": "delete", "ids": ["a"]}), 403, "missing_scope")


def test_a_batch_of_imports_is_a_job_that_ends_with_the_last(client: httpx.Client, beside: Beside) -> None:
    good = beside(Origin(always(answer("200 OK", media.PDF)))).url
    gone = beside(Origin(always(answer("410 Gone")))).url
    data = f"data:application/pdf;base64,{base64.b64encode(media.PDF).decode()}"
    urls = [f"{good}/1", "nonsense", gone, data, "http://10.0.0.1/", "data:text/plain,hello", f"{good}/2"]
    batch = client.post("/api/v1/media/import", json={"urls": urls})
    assert batch.status_code == 202, batch.text
    made = batch.json()["items"]
    assert [one["job_id"] is None for one in made] == [False, True, False, True, True, True, False]
    job = ended(client, batch.json()["batch_id"])
    assert (job["task"], job["items"]) == ("uploads.import_batch", {"total": 7, "done": 3, "failed": 4})
    found = items(client, job["id"])
    assert outcomes(found) == [
        "done", "address_not_allowed", "fetch_failed", "done", "address_not_allowed", "unsupported_type", "done",
    ]  # fmt: skip
    assert [item["subject"] for item in found] == [one["id"] for one in made]
    for item in (found[0], found[3]):
        assert client.get(f"/api/v1/media/{item['result']['media_id']}").status_code == 200
    listed = client.get("/api/v1/uploads", params={"batch": job["id"]}).json()["items"]
    assert {one["id"] for one in listed} == {one["id"] for one in made}


def test_a_batch_of_which_nothing_can_be_is_over_at_once(client: httpx.Client) -> None:
    batch = client.post("/api/v1/media/import", json={"urls": ["nonsense"] * 1000}).json()
    job = client.get(f"{JOBS}/{batch['batch_id']}").json()
    assert (job["state"], job["items"]) == ("succeeded", {"total": 1000, "done": 0, "failed": 1000})


def test_a_batch_of_presigned_uploads_ends_when_all_are_confirmed_or_given_up(client: httpx.Client) -> None:
    wish = {"filename": "a.pdf", "fileType": "application/pdf"}
    batch = client.post("/api/v1/media/presign/batch", json={"items": [wish, {"filename": "b"}, wish]}).json()
    job_id, (first, refused, second) = batch["batch_id"], batch["items"]
    assert refused["error"]["code"] == "invalid"
    assert client.get(f"{JOBS}/{job_id}").json()["items"] == {"total": 3, "done": 0, "failed": 1}
    sent = httpx.put(first["uploadUrl"], content=media.PDF, headers=first["headers"], trust_env=False)
    assert sent.status_code == 200, sent.text
    made = client.post(f"/api/v1/media/presign/{first['id']}/confirm").json()
    halfway = client.get(f"{JOBS}/{job_id}").json()
    assert (halfway["state"], halfway["percent"]) == ("running", 66.7)
    client.delete(f"/api/v1/uploads/{second['id']}")
    job = ended(client, job_id)
    assert (job["state"], job["items"]) == ("succeeded", {"total": 3, "done": 1, "failed": 2})
    found = items(client, job_id)
    assert outcomes(found) == ["done", "invalid", "upload_aborted"]
    assert found[0]["result"] == {"media_id": made["id"]}


def test_a_thousand_presigned_uploads_are_one_job(client: httpx.Client) -> None:
    wish = {"filename": "a.pdf", "fileType": "application/pdf"}
    batch = client.post("/api/v1/media/presign/batch", json={"items": [wish] * 1000}).json()
    assert len({slot["uploadUrl"] for slot in batch["items"]}) == 1000
    assert client.get(f"{JOBS}/{batch['batch_id']}").json()["items"] == {"total": 1000, "done": 0, "failed": 0}


def test_all_uploads_of_a_batch_end_when_it_is_cancelled(client: httpx.Client) -> None:
    wish = {"filename": "a.pdf", "fileType": "application/pdf"}
    job_id = client.post("/api/v1/media/presign/batch", json={"items": [wish] * 20}).json()["batch_id"]
    assert client.post(f"{JOBS}/{job_id}/cancel").json()["state"] == "cancelled"
    wait_until(lambda: client.get(f"{JOBS}/{job_id}").json()["items"]["failed"] == 20)
    assert client.get("/api/v1/uploads", params={"state": "open"}).json()["items"] == []
    refusal(client.post(f"{JOBS}/{job_id}/retry"), 409, "job_not_repeatable")


async def order(place: Workplace, count: int) -> UUID:
    numbered = [Item(number=number, subject=str(number)) for number in range(1, count + 1)]
    async with place.database.transaction() as connection:
        job = await enqueue_batch(connection, "many", queue="probe", user_id=uuid4(), items=numbered)
    return job.id


def test_a_batch_that_broke_off_goes_on_with_what_is_left(at_work: AtWork) -> None:
    tried: list[int] = []

    async def steps(place: Workplace) -> None:
        async def act(connection: Connection, item: Item) -> None:
            tried.append(item.number)
            if tried == [1, 2, 3]:
                raise ConnectionError
            if item.number == 4:
                raise NotFound

        async def run(job: RunningJob) -> dict[str, int]:
            return await work_through(place.database, job, act)

        async with place.worker(Task("many", "probe", run)):
            job = await place.ended(await order(place, 5))
        assert (job.state, job.result, job.attempts) == (State.SUCCEEDED, {"done": 4, "failed": 1}, 2)

    at_work(steps)
    assert tried == [1, 2, 3, 3, 4, 5]


def test_an_outage_is_no_items_failure(at_work: AtWork) -> None:
    outage = [Unavailable(retry_after=0)]

    async def steps(place: Workplace) -> None:
        async def act(connection: Connection, item: Item) -> None:
            if outage:
                raise outage.pop()

        async def run(job: RunningJob) -> dict[str, int]:
            return await work_through(place.database, job, act)

        async with place.worker(Task("many", "probe", run)):
            job = await place.ended(await order(place, 2))
        assert job.result == {"done": 2, "failed": 0}

    at_work(steps)


def test_an_item_of_a_batch_that_another_worker_took_over_has_no_effect(at_work: AtWork) -> None:
    """The effect is rolled back together with the outcome."""

    async def steps(place: Workplace) -> None:
        job_id, begun, go_on = await order(place, 1), asyncio.Event(), asyncio.Event()

        async def act(connection: Connection, item: Item) -> str:
            begun.set()
            await go_on.wait()
            return "late"

        async def run(job: RunningJob) -> dict[str, int]:
            return await work_through(place.database, job, act)

        async with place.worker(Task("many", "probe", run)):
            await begun.wait()
            await place.supersede(job_id)
            go_on.set()
        async with place.database.reading() as connection:
            (item,) = await list_items(connection, job_id, after=0, limit=10)
        assert (item.state, item.result) == ("waiting", None)

    at_work(steps)
