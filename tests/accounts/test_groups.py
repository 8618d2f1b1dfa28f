"""Groups: who makes them, who sees them, what becomes of a caller who enters or leaves one."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

GROUPS = "/api/v1/groups"


@pytest.fixture
def group(admin: httpx.Client) -> str:
    return str(admin.post(GROUPS, json={"name": uuid4().hex}).json()["id"])


def enter(admin: httpx.Client, group: str, client: httpx.Client) -> httpx.Response:
    return admin.put(f"{GROUPS}/{group}/members/{client.headers['x-test-user']}")


def test_members_see_their_group_and_each_other_and_no_other_group(
    admin: httpx.Client, group: str, new_client: Callable[..., httpx.Client]
) -> None:
    one, other, stranger = new_client(), new_client(), new_client()
    assert enter(admin, group, one).status_code == 200
    members = enter(admin, group, other).json()["members"]
    assert {member["id"] for member in members} == {one.headers["x-test-user"], other.headers["x-test-user"]}
    assert one.get(f"{GROUPS}/{group}").json()["members"] == members
    assert [item["id"] for item in one.get(GROUPS).json()["items"]] == [group]
    assert stranger.get(GROUPS).json() == {"items": [], "next_cursor": None}
    assert stranger.get(f"{GROUPS}/{group}").json()["code"] == "not_found"


def test_who_entered_twice_is_in_it_once_and_out_after_leaving_once(
    admin: httpx.Client, group: str, client: httpx.Client
) -> None:
    enter(admin, group, client)
    assert len(enter(admin, group, client).json()["members"]) == 1
    place = f"{GROUPS}/{group}/members/{client.headers['x-test-user']}"
    assert admin.delete(place).json()["members"] == []
    assert admin.delete(place).status_code == 404
    assert client.get(f"{GROUPS}/{group}").status_code == 404


def test_a_group_is_renamed_limited_and_deleted(admin: httpx.Client, group: str, client: httpx.Client) -> None:
    enter(admin, group, client)
    name = uuid4().hex
    changed = admin.patch(f"{GROUPS}/{group}", json={"name": f" {name} ", "policy": {"max_file_size": 5}}).json()
    assert (changed["name"], changed["policy"], len(changed["members"])) == (name, {"max_file_size": 5}, 1)
    assert admin.patch(f"{GROUPS}/{group}", json={}).json() == changed
    assert admin.delete(f"{GROUPS}/{group}").status_code == 204
    assert admin.get(f"{GROUPS}/{group}").status_code == 404
    assert client.get(GROUPS).json()["items"] == []


@pytest.mark.parametrize("role", ["user", "service", "viewer"])
def test_only_administrators_change_groups(
    admin: httpx.Client, group: str, new_client: Callable[..., httpx.Client], role: str
) -> None:
    client = new_client(role=role)
    place = f"{GROUPS}/{group}/members/{client.headers['x-test-user']}"
    answers = [
        client.post(GROUPS, json={"name": uuid4().hex}),
        client.patch(f"{GROUPS}/{group}", json={"name": "x"}),
        client.delete(f"{GROUPS}/{group}"),
        client.put(place),
        client.delete(place),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert client.get(f"{GROUPS}/{group}").status_code == (200 if role == "service" else 404)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_a_name_that_cannot_be_is_refused(admin: httpx.Client, name: str) -> None:
    answer = admin.post(GROUPS, json={"name": name})
    assert (answer.status_code, answer.json()["field"]) == (400, "name")


def test_a_name_is_given_once(admin: httpx.Client, group: str) -> None:
    taken = admin.get(f"{GROUPS}/{group}").json()["name"]
    assert admin.post(GROUPS, json={"name": taken}).json()["code"] == "name_taken"
    another = admin.post(GROUPS, json={"name": uuid4().hex}).json()["id"]
    assert admin.patch(f"{GROUPS}/{another}", json={"name": taken}).json()["code"] == "name_taken"


def test_nobody_unknown_enters_and_no_unknown_group_is_entered(
    admin: httpx.Client, group: str, client: httpx.Client
) -> None:
    unknown = uuid4()
    assert admin.put(f"{GROUPS}/{group}/members/{unknown}").json()["field"] == "user_id"
    assert enter(admin, str(unknown), client).json()["field"] == "group_id"
    assert admin.patch(f"{GROUPS}/{unknown}", json={"name": "x"}).status_code == 404
    assert admin.delete(f"{GROUPS}/{unknown}").status_code == 404


def test_pages_of_groups_follow_each_other(admin: httpx.Client, client: httpx.Client) -> None:
    made = [admin.post(GROUPS, json={"name": uuid4().hex}).json()["id"] for _ in range(3)]
    for group in made:
        enter(admin, group, client)
    first = client.get(GROUPS, params={"limit": 2}).json()
    second = client.get(GROUPS, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in first["items"] + second["items"]] == made
    assert second["next_cursor"] is None
    assert client.get(GROUPS, params={"limit": 0}).json()["field"] == "limit"
