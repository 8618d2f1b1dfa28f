"""What is written down, by requests to a real service."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service

NewClient = Callable[..., httpx.Client]


@pytest.fixture
def rows(admin: httpx.Client) -> Callable[..., list[dict[str, Any]]]:
    def ask(**wanted: str) -> list[dict[str, Any]]:
        answer = admin.get("/api/v1/audit", params=wanted)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    return ask


Rows = Callable[..., list[dict[str, Any]]]


def test_a_change_is_there_when_its_answer_is(client: httpx.Client, rows: Rows) -> None:
    sent = client.post("/api/v1/media/upload", files={"file": ("a.bmp", media.bmp())})
    (row,) = rows(user=client.headers["x-test-user"])
    assert (row["action"], row["method"], row["path"]) == ("postApiV1MediaUpload", "POST", "/api/v1/media/upload")
    assert (row["status"], row["code"], row["target"]) == (201, None, sent.json()["id"])
    assert (row["role"], row["address"]) == ("user", "127.0.0.1")
    assert UUID(row["key_id"])
    assert row["details"]["request_id"] == sent.headers["x-request-id"]


def test_a_change_names_what_it_was_done_to(client: httpx.Client, rows: Rows) -> None:
    media_id = client.post("/api/v1/media/upload", files={"file": ("a.bmp", media.bmp())}).json()["id"]
    client.patch(f"/api/v1/media/{media_id}", json={"tags": ["x"]})
    client.delete(f"/api/v1/media/{media_id}?purge=true")
    mine = rows(user=client.headers["x-test-user"])
    assert [(row["action"], row["target"]) for row in mine[:2]] == [
        ("deleteApiV1MediaMediaId", media_id),
        ("patchApiV1MediaMediaId", media_id),
    ]
    assert mine[0]["path"] == f"/api/v1/media/{media_id}"


def test_an_upload_that_can_be_resumed_has_its_beginning_and_its_end_but_no_bytes(
    client: httpx.Client, rows: Rows
) -> None:
    tus = {"tus-resumable": "1.0.0"}
    begun = client.post("/api/v1/uploads", headers=tus | {"upload-length": "6"}).headers["location"]
    octets = tus | {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    client.patch(begun, headers=octets, content=b"abc")
    client.post(begun, headers=tus | {"x-http-method-override": "DELETE"})
    mine = rows(user=client.headers["x-test-user"])
    assert [(row["method"], row["path"]) for row in mine] == [("POST", begun), ("POST", "/api/v1/uploads")]
    assert mine[1]["target"] == begun.rpartition("/")[2]


def test_a_failure_has_its_code(client: httpx.Client, rows: Rows) -> None:
    client.delete(f"/api/v1/media/{uuid4()}")
    (row,) = rows(user=client.headers["x-test-user"])
    assert (row["status"], row["code"]) == (404, "not_found")


def test_a_refusal_is_there_even_of_a_read(new_client: NewClient, rows: Rows) -> None:
    client = new_client(scopes=["media:read"])
    client.get("/api/v1/users")
    (row,) = rows(user=client.headers["x-test-user"], status="403")
    assert (row["action"], row["code"]) == ("getApiV1Users", "missing_scope")


def test_a_caller_whom_nobody_knows_is_there_by_address(service: Service, rows: Rows) -> None:
    answer = httpx.get(f"{service.url}/api/v1/media", headers={"x-api-key": "mw_forged"}, trust_env=False)
    found = [row for row in rows(status="401") if row["details"]["request_id"] == answer.headers["x-request-id"]]
    assert [(row["user_id"], row["code"], row["address"]) for row in found] == [(None, "invalid_key", "127.0.0.1")]


def test_reading_ones_own_is_not_worth_a_row(client: httpx.Client, rows: Rows) -> None:
    client.get("/api/v1/media")
    client.get(f"/api/v1/media/{uuid4()}")
    client.post("/api/v1/nowhere")
    assert rows(user=client.headers["x-test-user"]) == []


def test_what_an_administrator_reads_of_others_is_there(
    admin: httpx.Client, client: httpx.Client, new_client: NewClient, rows: Rows
) -> None:
    owner = client.headers["x-test-user"]
    media_id = client.post("/api/v1/media/upload", files={"file": ("a.bmp", media.bmp())}).json()["id"]
    answers = [admin.get(f"/api/v1/media/{media_id}"), admin.get("/api/v1/media?scope=all&limit=1")]
    new_client(role="service").get(f"/api/v1/media/{media_id}")
    ids = [answer.headers["x-request-id"] for answer in answers]
    one = next(row for row in rows(action="getApiV1MediaMediaId") if row["target"] == media_id)
    assert (one["details"]["owners"], one["details"]["request_id"], one["status"]) == ([owner], ids[0], 200)
    assert ids[1] in [row["details"]["request_id"] for row in rows(action="getApiV1Media")]
    assert [row["role"] for row in rows(action="getApiV1MediaMediaId") if row["target"] == media_id] == ["admin"]


def test_the_token_of_a_share_link_is_not_there(client: httpx.Client, rows: Rows) -> None:
    media_id = client.post("/api/v1/media/upload", files={"file": ("a.bmp", media.bmp())}).json()["id"]
    link = client.post(f"/api/v1/media/{media_id}/links", json={"password": "open sesame"}).json()
    client.post(link["url"], data={"password": "wrong password"})
    client.post(link["url"], data={"password": "open sesame"})
    paths = [row["path"] for row in rows(action="postSToken")]
    assert paths[:2] == ["/s/{token}", "/s/{token}"]
    assert link["token"] not in str(rows(limit="200"))


def test_secrets_are_nowhere(admin: httpx.Client, client: httpx.Client) -> None:
    made = admin.post("/api/v1/keys", json={"name": "hidden-name", "user_id": client.headers["x-test-user"]}).json()
    slot = client.post(
        "/api/v1/media/presign", json={"filename": "a.png", "fileType": "image/png", "sizeBytes": 3}
    )  # fmt: skip
    if slot.status_code == 200:
        httpx.put(slot.json()["uploadUrl"], content=b"abc", headers=slot.json()["headers"], trust_env=False)
    text = admin.get("/api/v1/audit?limit=200").text
    assert made["id"] in text
    for secret in (made["key"], "hidden-name", "signature", admin.headers["x-api-key"].strip()):
        assert secret not in text


def test_pages_follow_one_another_without_a_gap(admin: httpx.Client, client: httpx.Client, rows: Rows) -> None:
    for _ in range(5):
        client.delete(f"/api/v1/media/{uuid4()}")
    mine = {"user": client.headers["x-test-user"]}
    whole = [row["number"] for row in rows(**mine)]
    first = admin.get("/api/v1/audit", params=mine | {"limit": "3"}).json()
    second = admin.get("/api/v1/audit", params=mine | {"limit": "3", "cursor": first["next_cursor"]}).json()
    assert [row["number"] for row in first["items"] + second["items"]] == whole
    assert (len(whole), second["next_cursor"]) == (5, None)


def test_filters_hold_together(client: httpx.Client, rows: Rows) -> None:
    client.delete(f"/api/v1/media/{uuid4()}")
    user = client.headers["x-test-user"]
    (row,) = rows(user=user)
    assert rows(user=user, action="deleteApiV1MediaMediaId", status="404", since=row["at"]) == [row]
    assert rows(user=user, until=row["at"]) == []
    assert rows(user=user, action="getApiV1Media") == []


def test_many_at_once_are_all_there_and_in_one_chain(client: httpx.Client, admin: httpx.Client, rows: Rows) -> None:
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _: client.delete(f"/api/v1/media/{uuid4()}"), range(100)))
    assert len(rows(user=client.headers["x-test-user"], limit="200")) == 100
    assert admin.get("/api/v1/audit/verify").json()["intact"] is True


@pytest.mark.parametrize("path", ["/api/v1/audit", "/api/v1/audit/verify"])
@pytest.mark.parametrize("role", ["service", "user", "viewer"])
def test_only_administrators_may_look(new_client: NewClient, role: str, path: str) -> None:
    assert new_client(role=role).get(path).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=-1", "cursor"),
        ("cursor=" + "9" * 19, "cursor"),
        ("since=2026-01-01T00:00:00", "since"),
        ("until=2026-01-01T00:00:00", "until"),
        ("user=me", "user"),
        ("status=ok", "status"),
    ],
)
def test_a_filter_that_cannot_be_is_named(admin: httpx.Client, query: str, field: str) -> None:
    answer = admin.get(f"/api/v1/audit?{query}")
    assert (answer.status_code, answer.json()["field"]) == (400, field)
