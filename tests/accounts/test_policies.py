"""What a key or a role may send at most, over every way in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from mediaworks.testing import media
from mediaworks.testing.service import Service, running, wait_until

UPLOAD = "/api/v1/media/upload"
TUS = {"tus-resumable": "1.0.0"}
NewKey = Callable[..., httpx.Client]


@pytest.fixture
def new_key(service: Service, admin: httpx.Client) -> Iterator[NewKey]:
    """Makes keys with a policy, each of a user of its own."""
    clients: list[httpx.Client] = []

    def make(**policy: Any) -> httpx.Client:
        user = admin.post("/api/v1/users", json={"name": uuid4().hex}).json()
        made = admin.post("/api/v1/keys", json={"name": "test", "user_id": user["id"], "policy": policy})
        assert made.json()["policy"] == policy
        clients.append(service.client(made.json()["key"]))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    return problem


def send(client: httpx.Client, size: int) -> httpx.Response:
    return client.post(UPLOAD, files={"file": ("a.pdf", media.PDF + bytes(size - len(media.PDF)))})


def begin(client: httpx.Client, length: int, **headers: str) -> httpx.Response:
    return client.post("/api/v1/uploads", headers=TUS | {"upload-length": str(length)} | headers)


def chunked(client: httpx.Client, size: int) -> httpx.Response:
    return client.post("/api/v1/media/upload/multipart/init", json={"filename": "a", "file_size": size})


def presign(client: httpx.Client, size: int, kind: str = "application/pdf") -> httpx.Response:
    wish = {"filename": "a", "fileType": kind, "sizeBytes": size}
    return client.post("/api/v1/media/presign", json=wish)


@pytest.mark.parametrize("way", [send, begin, chunked, presign])
def test_a_size_is_limited_on_every_way_before_the_body(new_key: NewKey, way: Callable[..., httpx.Response]) -> None:
    key = new_key(max_file_size=2_000_000)
    assert refusal(way(key, 4_000_000), 413, "too_large")["limit"] == 2_000_000
    assert way(key, 1_000_000).status_code in {200, 201}


def test_a_size_is_limited_even_when_the_file_came_in_one_piece(new_key: NewKey) -> None:
    assert refusal(send(new_key(max_file_size=2000), 2001), 413, "too_large")["limit"] == 2000
    assert send(new_key(max_file_size=2000), 2000).status_code == 201


def test_a_size_that_was_not_told_is_limited_as_it_comes(new_key: NewKey) -> None:
    key = new_key(max_file_size=5000)
    made = key.post("/api/v1/uploads", headers=TUS | {"upload-defer-length": "1"})
    headers = TUS | {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
    answer = key.patch(made.headers["location"], headers=headers, content=iter([media.PDF + bytes(6000)]))
    refusal(answer, 413, "too_large")


@pytest.mark.parametrize("way", [send, begin, chunked, presign])
def test_the_quota_of_a_key_is_checked_before_the_body(new_key: NewKey, way: Callable[..., httpx.Response]) -> None:
    key = new_key(quota_bytes=3_000_000)
    assert send(key, 2_000_000).status_code == 201
    assert refusal(way(key, 2_500_000), 413, "quota_exceeded")["quota_bytes"] == 3_000_000


def test_the_quota_of_a_key_holds_for_several_at_once(new_key: NewKey) -> None:
    key = new_key(quota_bytes=25_000)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: send(key, 10_000), range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 413, 413, 413, 413]


def test_only_the_types_of_the_policy_are_taken(new_key: NewKey) -> None:
    key = new_key(allowed_types=["image/png"])
    assert refusal(send(key, 1000), 415, "unsupported_type")["allowed"] == ["image/png"]
    assert refusal(presign(key, 1000), 415, "unsupported_type")["allowed"] == ["image/png"]
    assert presign(key, 1000, "image/png").status_code == 200
    assert key.post(UPLOAD, files={"file": ("a.png", media.image(".png"))}).status_code == 201
    made = begin(key, 20_000)
    headers = TUS | {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
    answer = key.patch(made.headers["location"], headers=headers, content=media.PDF + bytes(15_000))
    refusal(answer, 415, "unsupported_type")


@pytest.mark.parametrize("way", [begin, chunked, presign])
def test_unfinished_uploads_are_counted(new_key: NewKey, way: Callable[..., httpx.Response]) -> None:
    key = new_key(uploads_at_once=2)
    made = [way(key, 1000) for _ in range(2)]
    assert {answer.status_code for answer in made} <= {200, 201}
    for other in (begin, chunked, presign, send):
        answer = other(key, 1000)
        assert refusal(answer, 429, "too_many_uploads")["limit"] == 2
        assert int(answer.headers["retry-after"]) >= 1
    first = key.get("/api/v1/uploads", params={"state": "open"}).json()["items"][0]
    assert key.delete(f"/api/v1/uploads/{first['id']}").status_code == 204
    assert way(key, 1000).status_code in {200, 201}


def test_unfinished_uploads_are_counted_rightly_when_many_begin_at_once(new_key: NewKey) -> None:
    key = new_key(uploads_at_once=3)
    with ThreadPoolExecutor(10) as threads:
        statuses = sorted(answer.status_code for answer in threads.map(lambda _: begin(key, 1000), range(10)))
    assert statuses == [201] * 3 + [429] * 7


def test_of_a_form_with_more_files_than_may_be_unfinished_some_are_taken(new_key: NewKey) -> None:
    files = [("files", (f"{n}.pdf", media.PDF)) for n in range(3)]
    body = new_key(uploads_at_once=2).post("/api/v1/streaming/upload/multiple", files=files).json()
    assert [one["success"] for one in body["results"]] == [True, True, False]
    assert body["results"][2]["error"]["code"] == "too_many_uploads"


def test_a_key_sends_no_faster_than_it_may(new_key: NewKey) -> None:
    key = new_key(bytes_per_second=400_000)
    began = time.monotonic()
    assert send(key, 600_000).status_code == 201
    assert time.monotonic() - began > 1.0


def test_two_uploads_of_a_key_share_its_rate(new_key: NewKey) -> None:
    key = new_key(bytes_per_second=600_000)
    began = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        assert [one.status_code for one in threads.map(lambda _: send(key, 600_000), range(2))] == [201, 201]
    assert time.monotonic() - began > 1.5


def test_what_is_kept_for_a_time_is_deleted_after_it(new_database: Callable[[], str], tmp_path: Any) -> None:
    with running(Service(tmp_path / "data", new_database())) as own, own.client() as admin:
        made = admin.post("/api/v1/keys", json={"name": "brief", "policy": {"retention_days": 1}}).json()
        with own.client(made["key"]) as key:
            brief = send(key, 1000).json()
        kept = send(admin, 2000).json()
        assert (brief["expires_at"] is not None, kept["expires_at"]) == (True, None)
    engine = create_engine(make_url(own.database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE media_objects SET expires_at = expires_at - interval '2 days'"))
    engine.dispose()
    with running(own), own.client() as admin:
        wait_until(lambda: admin.get(f"/api/v1/media/{brief['id']}").status_code == 404)
        assert admin.get(f"/api/v1/media/{kept['id']}").status_code == 200
        deleted = admin.get("/api/v1/media", params={"status": "deleted"}).json()["items"]
        assert [item["id"] for item in deleted] == [brief["id"]]


def test_a_key_makes_no_key_that_may_more(service: Service, new_key: NewKey) -> None:
    key = new_key(max_file_size=5000, allowed_types=["application/pdf", "image/png"])
    wished = {"max_file_size": 1 << 30, "allowed_types": ["image/png", "video/mp4"], "uploads_at_once": 5}
    made = key.post("/api/v1/keys", json={"name": "more", "policy": wished}).json()
    expected = {"max_file_size": 5000, "allowed_types": ["image/png"], "uploads_at_once": 5}
    assert made["policy"] == expected
    assert key.post("/api/v1/keys", json={"name": "none"}).json()["policy"]["max_file_size"] == 5000
    with service.client(made["key"]) as child:
        refusal(presign(child, 6000, "image/png"), 413, "too_large")


def test_limits_of_roles_are_an_administrator_s(client: httpx.Client) -> None:
    refusal(client.put("/api/v1/policies/user", json={}), 403, "admin_only")
    refusal(client.get("/api/v1/policies"), 403, "admin_only")


@pytest.mark.parametrize(
    "policy",
    [
        {"max_file_size": 0},
        {"uploads_at_once": -1},
        {"retention_days": 0},
        {"colour": 1},
        {"allowed_types": "image/png"},
    ],
)
def test_a_policy_that_cannot_be_is_refused(admin: httpx.Client, policy: dict[str, Any]) -> None:
    assert admin.put("/api/v1/policies/user", json=policy).status_code == 400
    assert admin.post("/api/v1/keys", json={"name": "x", "policy": policy}).status_code == 400


def test_a_role_that_there_is_not_has_no_policy(admin: httpx.Client) -> None:
    assert admin.put("/api/v1/policies/emperor", json={}).status_code in {400, 404}


def test_a_role_limits_all_of_its_keys_and_the_tighter_limit_holds(idle_service: Service) -> None:
    idle_service.settings = {"MEDIAWORKS_ACCOUNTS_KEY_CACHE_SECONDS": "0.05"}
    idle_service.start()
    with idle_service.client() as admin:
        users = [admin.post("/api/v1/users", json={"name": name}).json()["id"] for name in ("a", "b")]
        policies = [{}, {"max_file_size": 1500, "quota_bytes": 10_000}]
        keys = [
            idle_service.client(
                admin.post("/api/v1/keys", json={"name": "k", "user_id": user, "policy": policy}).json()["key"]
            )
            for user, policy in zip(users, policies, strict=True)
        ]
        limits = {"max_file_size": 3000, "quota_bytes": 5000}
        assert admin.put("/api/v1/policies/user", json=limits).json() == limits
        assert admin.get("/api/v1/policies").json() == {"user": limits}
        for key, limit in zip(keys, (3000, 1500), strict=True):
            assert refusal(send(key, 3500), 413, "too_large")["limit"] == limit
        assert [send(keys[0], 2400).status_code for _ in range(2)] == [201, 201]
        refusal(send(keys[0], 2400), 413, "quota_exceeded")
        assert send(admin, 9000).status_code == 201
        admin.put("/api/v1/policies/user", json={})
        wait_until(lambda: send(keys[0], 3500).status_code == 201)
        for key in keys:
            key.close()
