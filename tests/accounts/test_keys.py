from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing.service import Service, wait_until

KEYS = "/api/v1/keys"


def test_the_first_start_keeps_the_admin_key_in_a_private_file(service: Service) -> None:
    file = service.data_dir / "admin.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == file.read_text().strip()
    assert file.read_text() in service.log.read_text()


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-api-key": ""}, {"x-api-key": "mw_wrong"}, {"authorization": "Basic eDp5"}, {"authorization": "Bearer x"}],
)
def test_without_a_good_key_nothing_opens(service: Service, headers: dict[str, str]) -> None:
    answer = httpx.get(f"{service.url}/api/v1/media", headers=headers, trust_env=False)
    assert answer.status_code == 401
    assert answer.json()["code"] in {"missing_key", "invalid_key"}
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_works_as_a_bearer_token_too(service: Service) -> None:
    headers = {"authorization": f"Bearer {service.admin_key}"}
    assert httpx.get(f"{service.url}/api/v1/media", headers=headers, trust_env=False).status_code == 200


def test_a_key_is_shown_once_and_lists_show_its_beginning(admin: httpx.Client) -> None:
    made = admin.post(KEYS, json={"name": "phone"}).json()
    assert made["key"].startswith(made["prefix"])
    listed = next(key for key in admin.get(KEYS).json()["items"] if key["id"] == made["id"])
    assert "key" not in listed
    assert made["key"] not in admin.get(KEYS).text


def test_a_revoked_key_opens_nothing_any_more(service: Service, admin: httpx.Client) -> None:
    made = admin.post(KEYS, json={"name": "lost phone"}).json()
    with service.client(made["key"]) as lost:
        assert lost.get("/api/v1/media").status_code == 200
        assert admin.delete(f"{KEYS}/{made['id']}").json()["revoked_at"]
        assert lost.get("/api/v1/media").status_code == 401
    assert admin.delete(f"{KEYS}/{made['id']}").status_code == 404


def test_a_key_expires(service: Service, admin: httpx.Client) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    made = admin.post(KEYS, json={"name": "short", "expires_at": soon}).json()
    with service.client(made["key"]) as guest:
        assert guest.get("/api/v1/media").status_code == 200
        wait_until(lambda: guest.get("/api/v1/media").status_code == 401)


def test_an_expiry_in_the_past_is_refused(admin: httpx.Client) -> None:
    answer = admin.post(KEYS, json={"name": "x", "expires_at": "2020-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["field"]) == (400, "expires_at")


def test_nobody_hands_out_more_than_they_have(service: Service, new_client: Callable[..., httpx.Client]) -> None:
    clerk = new_client(scopes=["accounts", "media:read"])
    answer = clerk.post(KEYS, json={"name": "x", "scopes": ["media:write"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    made = clerk.post(KEYS, json={"name": "x"}).json()
    assert made["scopes"] == ["accounts", "media:read"]


def test_a_user_makes_and_sees_only_keys_of_their_own(new_client: Callable[..., httpx.Client]) -> None:
    one, other = new_client(), new_client()
    foreign = other.headers["x-test-user"]
    assert one.post(KEYS, json={"name": "x", "user_id": foreign}).status_code == 403
    assert {key["user_id"] for key in one.get(KEYS).json()["items"]} == {one.headers["x-test-user"]}
    theirs = other.get(KEYS).json()["items"][0]["id"]
    assert one.delete(f"{KEYS}/{theirs}").status_code == 404
    assert one.get("/api/v1/users").status_code == 403
    assert one.post("/api/v1/users", json={"name": "x"}).status_code == 403


def test_a_name_is_given_once(admin: httpx.Client) -> None:
    name = uuid4().hex
    assert admin.post("/api/v1/users", json={"name": name}).status_code == 201
    answer = admin.post("/api/v1/users", json={"name": name})
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/users", {"name": "x", "role": "god"}),
        ("/api/v1/users", {}),
        (KEYS, {"name": "x", "scopes": ["everything"]}),
        (KEYS, {"name": "x", "admin": True}),
        (KEYS, {"name": "x", "user_id": "nobody"}),
    ],
)
def test_a_wrong_request_is_refused(admin: httpx.Client, path: str, body: dict[str, object]) -> None:
    answer = admin.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_key_for_nobody_is_not_made(admin: httpx.Client) -> None:
    assert admin.post(KEYS, json={"name": "x", "user_id": str(uuid4())}).status_code == 404


def test_the_last_use_of_a_key_is_written_down(admin: httpx.Client, client: httpx.Client) -> None:
    client.get("/api/v1/media")
    owner = client.headers["x-test-user"]

    def last_use() -> str | None:
        keys = admin.get(KEYS).json()["items"]
        return next((key["last_used_at"] for key in keys if key["user_id"] == owner), None)

    assert wait_until(last_use)
