"""The gate in a whole service: what it says of an upload holds for every way in, and until an administrator decides."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.background import Background
from mediaworks.testing.clamd import EICAR, ClamdStandIn
from mediaworks.testing.origin import Heard, Origin, answer
from mediaworks.testing.service import Service, running

UPLOAD = "/api/v1/media/upload"
TUS = {"tus-resumable": "1.0.0"}
OCTETS = {"content-type": "application/offset+octet-stream"}
Beside = Callable[[Any], Any]
NewDatabase = Callable[[], str]
TempPaths = pytest.TempPathFactory


class Judge:
    """The application behind the webhook; `answers` in turn, "" hangs up, and then it allows everything."""

    def __init__(self) -> None:
        self.expect()

    def expect(self, *answers: dict[str, str] | str) -> None:
        """From now on these."""
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    async def __call__(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        self.asked.append(json.loads(heard.body))
        decision = self.answers.pop(0) if self.answers else {"decision": "allow"}
        if decision:
            writer.write(answer("200 OK", json.dumps(decision).encode(), content_type="application/json"))


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    """Runs asynchronous servers beside the tests of this module."""
    background = Background()
    yield background.enter
    background.close()


@pytest.fixture(scope="module")
def clamd(beside: Beside) -> ClamdStandIn:
    found: ClamdStandIn = beside(ClamdStandIn())
    return found


@pytest.fixture(scope="module")
def scanning(clamd: ClamdStandIn, new_database: NewDatabase, tmp_path_factory: TempPaths) -> Iterator[Service]:
    settings = {"MEDIAWORKS_GATE_CLAMD": clamd.address}
    with running(Service(tmp_path_factory.mktemp("scanning") / "data", new_database(), settings=settings)) as started:
        yield started


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


@pytest.fixture(scope="module")
def judged(judge: Judge, beside: Beside, new_database: NewDatabase, tmp_path_factory: TempPaths) -> Iterator[Service]:
    settings = {
        "MEDIAWORKS_GATE_WEBHOOK_URL": beside(Origin(judge)).url + "/judge",
        "MEDIAWORKS_GATE_WEBHOOK_SECRET": "whsec_" + base64.b64encode(os.urandom(32)).decode(),
        "MEDIAWORKS_GATE_WEBHOOK_SECONDS": "2",
    }
    with running(Service(tmp_path_factory.mktemp("judged") / "data", new_database(), settings=settings)) as started:
        yield started


def refusal(answered: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answered.json()
    assert (answered.status_code, problem["code"]) == (status, code), answered.text
    return problem


def blobs(service: Service) -> list[str]:
    return sorted(path.name for path in (service.data_dir / "blobs").rglob("*") if path.is_file())


def form(client: httpx.Client, content: bytes) -> httpx.Response:
    return client.post(UPLOAD, files={"file": ("a.pdf", content)})


def by_tus(client: httpx.Client, content: bytes) -> httpx.Response:
    made = client.post("/api/v1/uploads", headers=TUS | {"upload-length": str(len(content))})
    return client.patch(made.headers["location"], headers=TUS | OCTETS | {"upload-offset": "0"}, content=content)


def by_chunks(client: httpx.Client, content: bytes) -> httpx.Response:
    root = "/api/v1/media/upload/multipart"
    session = client.post(f"{root}/init", json={"filename": "a.pdf", "file_size": len(content)}).json()
    where = {"upload_id": session["upload_id"], "chunk_number": 0}
    assert client.post(f"{root}/chunk", params=where, content=content).status_code == 200
    return client.post(f"{root}/complete", json={"upload_id": session["upload_id"]})


def by_presign(client: httpx.Client, content: bytes) -> httpx.Response:
    slot = client.post("/api/v1/media/presign", json={"filename": "a.pdf", "fileType": "application/pdf"}).json()
    assert httpx.put(slot["uploadUrl"], content=content, headers=slot["headers"], trust_env=False).status_code == 200
    return client.post(f"/api/v1/media/presign/{slot['id']}/confirm")


def by_data_url(client: httpx.Client, content: bytes) -> httpx.Response:
    url = f"data:application/pdf;base64,{base64.b64encode(content).decode()}"
    return client.post("/api/v1/media/import", json={"url": url})


WAYS = [form, by_tus, by_chunks, by_presign, by_data_url]


@pytest.fixture
def scanned(scanning: Service) -> Iterator[tuple[Service, httpx.Client]]:
    """A service with clamd, and a user of it."""
    with scanning.user() as client:
        yield scanning, client


def test_what_clamd_finds_is_quarantined_on_every_way(scanned: tuple[Service, httpx.Client]) -> None:
    _, client = scanned
    for way in WAYS:
        assert way(client, media.PDF + os.urandom(100) + EICAR).status_code in {200, 201, 202, 204}
    items = client.get("/api/v1/media").json()["items"]
    assert len(items) == len(WAYS)
    assert {(item["status"], item["quarantine"]) for item in items} == {("quarantined", "clamd: found Eicar-Signature")}
    assert {client.get(item["links"]["download"]).status_code for item in items} == {403}
    assert form(client, media.PDF).json()["status"] == "active"
    assert len(client.get("/api/v1/media", params={"status": "quarantined"}).json()["items"]) == len(WAYS)
    assert len(client.get("/api/v1/media", params={"status": "active"}).json()["items"]) == 1


def closed(service: Service, client: httpx.Client, item: dict[str, Any]) -> bool:
    """Whether nobody gets the bytes: not the owner, not an administrator, not who has a signed or public address."""
    refusal(client.get(f"/api/v1/media/{item['id']}/download"), 403, "quarantined")
    with service.client() as admin, httpx.Client(base_url=service.url, trust_env=False) as nobody:
        refusal(admin.get(f"/api/v1/media/{item['id']}/download"), 403, "quarantined")
        return {nobody.get(item["url"]).status_code, nobody.get(item["links"]["original"]).status_code} <= {403, 404}


def test_what_is_in_quarantine_stays_there_until_an_administrator_lets_it_out(
    scanned: tuple[Service, httpx.Client],
) -> None:
    service, client = scanned
    content = media.PDF + EICAR
    item = form(client, content).json()
    path = f"/api/v1/media/{item['id']}"
    assert closed(service, client, item)
    assert client.patch(path, json={"visibility": "public"}).json()["status"] == "quarantined"
    assert closed(service, client, item)
    client.delete(path)
    assert client.post(f"{path}/restore").json()["status"] == "quarantined"
    assert closed(service, client, item)
    refusal(client.post(f"{path}/release"), 403, "admin_only")
    with service.client() as admin:
        found = admin.get("/api/v1/media", params={"status": "quarantined", "scope": "all"}).json()["items"]
        assert [one["id"] for one in found if one["user_id"] == item["user_id"]] == [item["id"]]
        freed = admin.post(f"{path}/release").json()
        assert (freed["status"], freed["quarantine"]) == ("active", None)
        refusal(admin.post(f"{path}/release"), 409, "not_quarantined")
    assert client.get(f"{path}/download").content == content
    client.delete(path)
    assert client.post(f"{path}/restore").json()["status"] == "active"


def test_what_goes_into_quarantine_is_not_answered_with_a_first_that_is_free(
    own_service: Service, beside: Beside
) -> None:
    clamd = beside(ClamdStandIn(signatures={}))
    own_service.settings = {"MEDIAWORKS_GATE_CLAMD": clamd.address, "MEDIAWORKS_MEDIA_DUPLICATES": "first"}
    with own_service.start().user() as client:
        first = form(client, media.PDF + EICAR).json()
        clamd.signatures = {"Eicar-Signature": EICAR}
        second = form(client, media.PDF + EICAR).json()
        assert (first["status"], second["status"], second["duplicate_of"]) == ("active", "quarantined", first["id"])


def test_without_clamd_nothing_is_taken_and_it_can_be_sent_later(
    scanned: tuple[Service, httpx.Client], clamd: ClamdStandIn
) -> None:
    service, client = scanned
    before = blobs(service)
    clamd.replies = [b""]
    refusal(form(client, media.PDF), 503, "unavailable")
    assert (client.get("/api/v1/media").json()["items"], blobs(service)) == ([], before)
    assert form(client, media.PDF).status_code == 201


def test_what_the_webhook_refuses_leaves_nothing_on_every_way(judged: Service, judge: Judge) -> None:
    before = blobs(judged)
    judge.expect(*[{"decision": "refuse", "reason": "not here"}] * len(WAYS))
    with judged.user() as client:
        for way in WAYS:
            problem = refusal(way(client, media.PDF), 422, "refused")
            assert "not here" in problem["detail"]
        assert len(judge.asked) == len(WAYS)
        assert judge.asked[0]["data"]["size_bytes"] == len(media.PDF)
        assert (client.get("/api/v1/media").json()["items"], blobs(judged)) == ([], before)
        assert client.get("/api/v1/uploads", params={"state": "open"}).json()["items"] == []


@pytest.mark.parametrize("how", ["head", "patch"])
def test_an_upload_that_could_not_be_validated_can_be_finished_later(judged: Service, judge: Judge, how: str) -> None:
    judge.expect("", "")
    content = media.PDF + os.urandom(5000)
    with judged.user() as client:
        made = client.post("/api/v1/uploads", headers=TUS | {"upload-length": str(len(content))})
        where = made.headers["location"]
        piece = TUS | OCTETS | {"upload-offset": "0"}
        answered = client.patch(where, headers=piece, content=content)
        assert (answered.status_code, "retry-after" in answered.headers) == (503, True)
        assert client.head(where, headers=TUS).status_code == 503
        assert client.get("/api/v1/media").json()["items"] == []
        if how == "head":
            found = client.head(where, headers=TUS)
            assert (found.status_code, found.headers["upload-offset"]) == (200, str(len(content)))
        else:
            again = TUS | OCTETS | {"upload-offset": str(len(content))}
            client.patch(where, headers=again, content=b"")
        (item,) = client.get("/api/v1/media").json()["items"]
        assert client.get(item["links"]["download"]).content == content


@pytest.mark.parametrize("way", [by_chunks, by_presign])
def test_a_session_that_could_not_be_validated_is_completed_later(
    judged: Service, judge: Judge, way: Callable[..., httpx.Response]
) -> None:
    judge.expect("")
    content = media.PDF + os.urandom(5000)
    with judged.user() as client:
        refusal(way(client, content), 503, "unavailable")
        (upload,) = client.get("/api/v1/uploads", params={"state": "open"}).json()["items"]
        if way is by_chunks:
            answered = client.post("/api/v1/media/upload/multipart/complete", json={"upload_id": upload["id"]})
        else:
            answered = client.post(f"/api/v1/media/presign/{upload['id']}/confirm")
        assert answered.status_code == 200, answered.text
        assert client.get(f"/api/v1/media/{answered.json()['id']}/download").content == content
