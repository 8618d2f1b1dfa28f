from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing.service import Service, wait_until

KEYS = "/api/v1/keys"


@pytest.fixture
def bounded(admin: httpx.Client) -> dict[str, str]:
    """A key of a user of its own, with a bound of each kind."""
    user = admin.post("/api/v1/users", json={"name": uuid4().hex}).json()["id"]
    wish = {
        "name": "bounded",
        "user_id": user,
        "scopes": ["accounts", "media:read"],
        "expires_at": "2998-06-01T00:00:00Z",
        "policy": {"requests": {"amount": 100, "seconds": 60}, "max_file_size": 1000},
        "allowed_origins": ["https://a.example"],
        "allowed_addresses": ["127.0.0.0/8"],
    }
    made: dict[str, str] = admin.post("/api/v1/keys", json=wish).json()
    return made


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


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": ["accounts", "media:read", "media:write"]},
        {"expires_at": None},
        {"expires_at": "2999-01-01T00:00:00Z"},
        {"policy": {}},
        {"policy": {"requests": {"amount": 100, "seconds": 61}, "max_file_size": 1001}},
        {"policy": {"requests": {"amount": 101, "seconds": 61}, "max_file_size": 1000}},
        {"policy": {"requests": {"amount": 100, "seconds": 59}, "max_file_size": 1000}},
        {"allowed_origins": []},
        {"allowed_origins": ["https://a.example", "https://b.example"]},
        {"allowed_addresses": []},
        {"allowed_addresses": ["0.0.0.0/0"]},
        {"allowed_addresses": ["127.0.0.0/8", "10.0.0.0/8"]},
    ],
)
def test_nobody_raises_what_a_key_may(service: Service, bounded: dict[str, str], change: dict[str, object]) -> None:
    with service.client(bounded["key"]) as client:
        answer = client.patch(f"{KEYS}/{bounded['id']}", json=change)
        assert (answer.status_code, answer.json()["code"]) == (403, "only_tighter"), answer.text
        assert answer.json()["field"] == next(iter(change))


def test_a_key_can_be_made_tighter_and_renamed_by_its_owner(service: Service, bounded: dict[str, str]) -> None:
    change = {
        "name": "tight",
        "scopes": ["accounts"],
        "expires_at": "2998-01-01T00:00:00Z",
        "policy": {"requests": {"amount": 50, "seconds": 60}, "max_file_size": 1000},
        "allowed_addresses": ["127.0.0.1"],
    }
    with service.client(bounded["key"]) as client:
        changed = client.patch(f"{KEYS}/{bounded['id']}", json=change).json()
        assert {name: changed[name] for name in change} == change | {"allowed_addresses": ["127.0.0.1/32"]}
        assert client.get("/api/v1/media").json()["code"] == "missing_scope"
        assert client.post(KEYS, json={"name": "x", "scopes": ["media:read"]}).status_code == 403


def test_a_key_hands_down_its_bounds_and_nothing_beyond_them(service: Service, bounded: dict[str, str]) -> None:
    with service.client(bounded["key"]) as client:
        child = client.post(KEYS, json={"name": "child"}).json()
        for name in ("expires_at", "allowed_origins", "allowed_addresses"):
            assert child[name] == bounded[name]
        assert child["made_with"] == [bounded["id"]]
        for wish in (
            {"expires_at": "2999-06-01T00:00:00Z"},
            {"allowed_origins": ["https://b.example"]},
            {"allowed_addresses": ["10.0.0.0/8"]},
        ):
            assert client.post(KEYS, json={"name": "x", **wish}).json()["code"] == "only_tighter"


def test_an_administrator_may_give_a_key_more(service: Service, admin: httpx.Client, bounded: dict[str, str]) -> None:
    change: dict[str, Any] = {"expires_at": None, "allowed_origins": [], "allowed_addresses": [], "policy": {}}
    changed = admin.patch(f"{KEYS}/{bounded['id']}", json=change).json()
    assert {name: changed[name] for name in change} == change


@pytest.mark.parametrize(
    "wish",
    [
        {"allowed_origins": ["www.example.org"]},
        {"allowed_origins": ["https://www.example.org/page"]},
        {"allowed_addresses": ["10.0.0.1/8"]},
        {"allowed_addresses": ["localhost"]},
        {"expires_at": "2999-01-01T00:00:00"},
        {"policy": {"requests": {"amount": 0, "seconds": 60}}},
        {"policy": {"requests": {"amount": 5, "seconds": 31622400}}},
        {"policy": {"requests": 5}},
    ],
)
def test_bounds_that_cannot_be_are_refused(admin: httpx.Client, wish: dict[str, object]) -> None:
    answer = admin.post(KEYS, json={"name": "x", **wish})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_foreign_key_and_a_foreign_user_are_not_there(
    new_client: Callable[..., httpx.Client], bounded: dict[str, str]
) -> None:
    other = new_client()
    assert other.patch(f"{KEYS}/{bounded['id']}", json={"name": "mine"}).status_code == 404
    assert other.get(f"/api/v1/users/{bounded['user_id']}").status_code == 404
    assert other.patch(f"/api/v1/users/{bounded['user_id']}", json={"role": "admin"}).status_code == 403
    assert other.put(f"/api/v1/users/{bounded['user_id']}/policy", json={}).status_code == 403
    me = other.headers["x-test-user"]
    assert other.get(f"/api/v1/users/{me}").json()["id"] == me
    assert other.patch(f"/api/v1/users/{me}", json={"role": "admin"}).status_code == 403
