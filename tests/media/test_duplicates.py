"""The same bytes from the same owner: kept, answered with the first, or refused."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service, running, wait_until

pytestmark = pytest.mark.long

UPLOAD = "/api/v1/media/upload"


@pytest.fixture(scope="module", params=["keep", "first", "refuse"])
def setting(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def place(
    setting: str,
    service: Service,
    new_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    if setting == "keep":  # the default
        yield service
        return
    folder = tmp_path_factory.mktemp(setting) / "data"
    settings = {"MEDIAWORKS_MEDIA_DUPLICATES": setting}
    with running(Service(folder, new_database(), settings=settings)) as started:
        yield started


@pytest.fixture
def owner(place: Service) -> Iterator[httpx.Client]:
    with place.user() as client:
        yield client


def form(client: httpx.Client, content: bytes) -> httpx.Response:
    return client.post(UPLOAD, files={"file": ("a.pdf", content)})


def chunked(client: httpx.Client, content: bytes) -> httpx.Response:
    root = "/api/v1/media/upload/multipart"
    session = client.post(f"{root}/init", json={"filename": "a.pdf", "file_size": len(content)}).json()
    where = {"upload_id": session["upload_id"], "chunk_number": 0}
    assert client.post(f"{root}/chunk", params=where, content=content).status_code == 200
    return client.post(f"{root}/complete", json={"upload_id": session["upload_id"]})


def ids(client: httpx.Client) -> set[str]:
    return {item["id"] for item in client.get("/api/v1/media").json()["items"]}


def used(place: Service, client: httpx.Client) -> int:
    with place.client() as admin:
        users = admin.get("/api/v1/users").json()["items"]
    return next(int(user["used_bytes"]) for user in users if user["id"] == client.headers["x-test-user"])


def blobs(place: Service, sha256: str) -> int:
    paths = [path for path in (place.data_dir / "blobs").rglob("*") if path.is_file()]
    return sum(hashlib.sha256(path.read_bytes()).hexdigest() == sha256 for path in paths)


def expect(setting: str, first: dict[str, Any], second: httpx.Response) -> None:
    body = second.json()
    match setting:
        case "keep":
            assert (body["duplicate_of"], body["id"] != first["id"]) == (first["id"], True)
        case "first":
            assert body["id"] == first["id"]
        case "refuse":
            assert (second.status_code, body["code"], body["media_id"]) == (409, "duplicate", first["id"])


@pytest.mark.parametrize("way", [form, chunked])
def test_a_second_file_with_the_same_bytes(
    setting: str, place: Service, owner: httpx.Client, way: Callable[..., httpx.Response]
) -> None:
    content = media.PDF + os.urandom(1000)
    first = form(owner, content).json()
    assert first["duplicate_of"] is None
    expect(setting, first, way(owner, content))
    copies = 2 if setting == "keep" else 1
    assert (len(ids(owner)), used(place, owner)) == (copies, copies * len(content))
    wait_until(lambda: blobs(place, hashlib.sha256(content).hexdigest()) == copies)
    assert owner.get(f"/api/v1/media/{first['id']}/download").content == content


def test_the_same_bytes_twice_at_once(setting: str, place: Service, owner: httpx.Client) -> None:
    content = media.PDF + os.urandom(1000)
    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(lambda _: form(owner, content), range(5)))
    made = [answer.json() for answer in answers if answer.status_code == 201]
    copies = 5 if setting == "keep" else 1
    assert len(ids(owner)) == copies
    assert len(made) == (1 if setting == "refuse" else 5)
    assert {one["id"] for one in made} == ids(owner)
    if setting == "keep":
        assert sum(one["duplicate_of"] is None for one in made) == 1
    assert used(place, owner) == copies * len(content)
    wait_until(lambda: blobs(place, hashlib.sha256(content).hexdigest()) == copies)


def test_the_same_bytes_of_another_owner_are_nobody_s_business(place: Service, owner: httpx.Client) -> None:
    content = media.PDF + os.urandom(1000)
    first = form(owner, content).json()
    with place.user() as other:
        second = form(other, content).json()
    assert (second["id"] != first["id"], second["duplicate_of"]) == (True, None)


@pytest.mark.parametrize("purge", ["true", "false"])
def test_what_was_deleted_is_no_first(owner: httpx.Client, purge: str) -> None:
    content = media.PDF + os.urandom(1000)
    first = form(owner, content).json()
    owner.delete(f"/api/v1/media/{first['id']}", params={"purge": purge})
    second = form(owner, content).json()
    assert (second["id"] != first["id"], second["duplicate_of"], second["status"]) == (True, None, "active")
