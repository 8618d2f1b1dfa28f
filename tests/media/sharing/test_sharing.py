"""Sharing with users and groups: each right, and each thing that it does not give."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service

MEDIA = "/api/v1/media"
LOOKS = ("", "/metadata", "/thumbnails", "/download")


def upload(client: httpx.Client, name: str = "a.pdf", **fields: str) -> str:
    answer = client.post(f"{MEDIA}/upload", files={"file": (name, media.PDF)}, data=fields)
    return str(answer.json()["id"])


def share(owner: httpx.Client, media_id: str, guest: httpx.Client, access: str = "view") -> httpx.Response:
    wanted = {"user_id": guest.headers["x-test-user"], "access": access}
    return owner.post(f"{MEDIA}/{media_id}/shares", json=wanted)


def looks(client: httpx.Client, media_id: str) -> set[int]:
    return {client.get(f"{MEDIA}/{media_id}{path}").status_code for path in LOOKS}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def guest(new_client: Callable[..., httpx.Client]) -> httpx.Client:
    return new_client()


@pytest.fixture
def group(admin: httpx.Client, guest: httpx.Client) -> str:
    """A group that the guest is in."""
    made = str(admin.post("/api/v1/groups", json={"name": uuid4().hex}).json()["id"])
    admin.put(f"/api/v1/groups/{made}/members/{guest.headers['x-test-user']}")
    return made


def test_who_may_look_sees_everything_and_changes_nothing(client: httpx.Client, guest: httpx.Client) -> None:
    mine = upload(client)
    assert looks(guest, mine) == {404}
    assert share(client, mine, guest).status_code == 201
    assert looks(guest, mine) == {200}
    assert guest.get(f"{MEDIA}/{mine}").json()["access"] == "view"
    assert client.get(f"{MEDIA}/{mine}").json()["access"] == "owner"
    assert refusal(guest.patch(f"{MEDIA}/{mine}", json={"tags": ["x"]})) == (403, "view_only")


def test_who_may_edit_changes_what_is_written_on_it(client: httpx.Client, guest: httpx.Client) -> None:
    mine = upload(client)
    share(client, mine, guest, "edit")
    changed = guest.patch(f"{MEDIA}/{mine}", json={"original_name": "b.pdf", "tags": ["x"], "metadata": {"a": 1}})
    assert (changed.status_code, changed.json()["access"], changed.json()["tags"]) == (200, "edit", ["x"])
    assert client.get(f"{MEDIA}/{mine}").json()["original_name"] == "b.pdf"


@pytest.mark.parametrize("access", ["view", "edit"])
def test_nobody_becomes_an_owner_by_a_share(
    client: httpx.Client, guest: httpx.Client, new_client: Callable[..., httpx.Client], access: str
) -> None:
    mine, friend = upload(client), new_client()
    given = share(client, mine, guest, access).json()
    answers = [
        guest.delete(f"{MEDIA}/{mine}"),
        guest.delete(f"{MEDIA}/{mine}", params={"purge": "true"}),
        guest.delete(f"/media/{mine}"),
        guest.post(f"{MEDIA}/{mine}/restore"),
        guest.get(f"{MEDIA}/{mine}/shares"),
        share(guest, mine, friend),
        share(guest, mine, guest, "edit"),
        guest.delete(f"{MEDIA}/{mine}/shares/{given['id']}"),
    ]
    assert {refusal(answer) for answer in answers} == {(403, "owner_only")}
    visibility = guest.patch(f"{MEDIA}/{mine}", json={"visibility": "public", "tags": []})
    assert refusal(visibility) == (403, "owner_only" if access == "edit" else "view_only")
    assert client.get(f"{MEDIA}/{mine}").json()["visibility"] == "private"
    assert [item["id"] for item in client.get(f"{MEDIA}/{mine}/shares").json()["items"]] == [given["id"]]


def test_sharing_again_changes_the_access_of_the_one_share(client: httpx.Client, guest: httpx.Client) -> None:
    mine = upload(client)
    first = share(client, mine, guest, "edit")
    again = share(client, mine, guest, "view")
    assert (first.status_code, again.status_code) == (201, 200)
    assert client.get(f"{MEDIA}/{mine}/shares").json() == {"items": [again.json()], "next_cursor": None}
    assert again.json() == first.json() | {"access": "view"}
    assert refusal(guest.patch(f"{MEDIA}/{mine}", json={"tags": []})) == (403, "view_only")


def test_what_is_no_longer_shared_is_not_found(client: httpx.Client, guest: httpx.Client) -> None:
    mine = upload(client)
    given = share(client, mine, guest).json()["id"]
    assert client.delete(f"{MEDIA}/{mine}/shares/{given}").status_code == 204
    assert looks(guest, mine) == {404}
    assert refusal(client.delete(f"{MEDIA}/{mine}/shares/{given}")) == (404, "not_found")


def test_a_share_with_a_group_is_one_with_each_member_while_they_are_in_it(
    admin: httpx.Client, client: httpx.Client, guest: httpx.Client, group: str
) -> None:
    admin.put(f"/api/v1/groups/{group}/members/{client.headers['x-test-user']}")
    mine = upload(client)
    given = client.post(f"{MEDIA}/{mine}/shares", json={"group_id": group, "access": "edit"})
    assert (given.status_code, given.json()["group_id"]) == (201, group)
    assert guest.patch(f"{MEDIA}/{mine}", json={"tags": ["x"]}).status_code == 200
    admin.delete(f"/api/v1/groups/{group}/members/{guest.headers['x-test-user']}")
    assert looks(guest, mine) == {404}
    assert client.get(f"{MEDIA}/{mine}").json()["access"] == "owner"


def test_a_share_ends_with_its_group(
    admin: httpx.Client, client: httpx.Client, guest: httpx.Client, group: str
) -> None:
    mine = upload(client)
    admin.post(f"{MEDIA}/{mine}/shares", json={"group_id": group})
    assert looks(guest, mine) == {200}
    admin.delete(f"/api/v1/groups/{group}")
    assert looks(guest, mine) == {404}
    assert client.get(f"{MEDIA}/{mine}/shares").json()["items"] == []


def test_of_two_shares_the_greater_counts(
    admin: httpx.Client, client: httpx.Client, guest: httpx.Client, group: str
) -> None:
    mine = upload(client)
    share(client, mine, guest, "view")
    admin.post(f"{MEDIA}/{mine}/shares", json={"group_id": group, "access": "edit"})
    assert guest.get(f"{MEDIA}/{mine}").json()["access"] == "edit"


def test_a_group_that_one_is_not_in_cannot_be_shared_with(client: httpx.Client, group: str) -> None:
    mine = upload(client)
    for unknown in (group, str(uuid4())):
        answer = client.post(f"{MEDIA}/{mine}/shares", json={"group_id": unknown})
        assert (*refusal(answer), answer.json()["field"]) == (404, "not_found", "group_id")


@pytest.mark.parametrize(
    "body", [{}, {"user_id": str(uuid4()), "group_id": str(uuid4())}, {"user_id": str(uuid4()), "access": "owner"}]
)
def test_a_share_that_cannot_be_is_refused(client: httpx.Client, body: dict[str, str]) -> None:
    assert refusal(client.post(f"{MEDIA}/{upload(client)}/shares", json=body)) == (400, "invalid")


def test_nothing_is_shared_with_its_owner_or_with_nobody(client: httpx.Client) -> None:
    mine = upload(client)
    assert share(client, mine, client).json()["field"] == "user_id"
    assert refusal(client.post(f"{MEDIA}/{mine}/shares", json={"user_id": str(uuid4())})) == (404, "not_found")


def test_nothing_is_shared_with_who_cannot_come_any_more(
    admin: httpx.Client, client: httpx.Client, guest: httpx.Client
) -> None:
    mine = upload(client)
    admin.patch(f"/api/v1/users/{guest.headers['x-test-user']}", json={"disabled": True})
    assert refusal(share(client, mine, guest)) == (404, "not_found")


def test_shares_of_what_is_not_ones_own_are_out_of_reach(
    client: httpx.Client, guest: httpx.Client, new_client: Callable[..., httpx.Client]
) -> None:
    """Also by the share id of another's object under the path of one's own."""
    theirs, own, stranger = upload(client), upload(guest), new_client()
    given = share(client, theirs, stranger).json()["id"]
    answers = [
        share(guest, theirs, guest),
        guest.get(f"{MEDIA}/{theirs}/shares"),
        guest.delete(f"{MEDIA}/{theirs}/shares/{given}"),
        guest.delete(f"{MEDIA}/{own}/shares/{given}"),
    ]
    assert {refusal(answer) for answer in answers} == {(404, "not_found")}
    assert looks(stranger, theirs) == {200}


def test_a_viewer_edits_nothing_whatever_is_shared(
    client: httpx.Client, new_client: Callable[..., httpx.Client]
) -> None:
    viewer, mine = new_client(role="viewer"), upload(client)
    share(client, mine, viewer, "edit")
    assert viewer.get(f"{MEDIA}/{mine}").json()["access"] == "view"
    assert [item["access"] for item in viewer.get(MEDIA, params={"scope": "shared"}).json()["items"]] == ["view"]
    assert viewer.patch(f"{MEDIA}/{mine}", json={"tags": []}).status_code == 403


def test_what_is_deleted_is_gone_for_guests_and_back_with_its_share(client: httpx.Client, guest: httpx.Client) -> None:
    mine = upload(client)
    share(client, mine, guest, "edit")
    client.delete(f"{MEDIA}/{mine}")
    assert looks(guest, mine) == {404}
    assert guest.post(f"{MEDIA}/{mine}/restore").status_code == 404
    assert guest.delete(f"{MEDIA}/{mine}", params={"purge": "true"}).status_code == 404
    assert guest.get(MEDIA, params={"scope": "shared", "status": "deleted"}).json()["items"] == []
    client.post(f"{MEDIA}/{mine}/restore")
    assert looks(guest, mine) == {200}


def test_the_list_of_what_is_shared_has_each_object_once_page_by_page(
    admin: httpx.Client, client: httpx.Client, guest: httpx.Client, group: str
) -> None:
    upload(guest)
    shared = [upload(client, f"{n}.pdf") for n in range(3)]
    for n, media_id in enumerate(shared):
        share(client, media_id, guest, "edit" if n else "view")
    admin.put(f"/api/v1/groups/{group}/members/{client.headers['x-test-user']}")
    admin.post(f"{MEDIA}/{shared[0]}/shares", json={"group_id": group})
    query: dict[str, str] = {"scope": "shared", "limit": "2", "sort": "created_at"}
    first = guest.get(MEDIA, params=query).json()
    second = guest.get(MEDIA, params=query | {"cursor": first["next_cursor"]}).json()
    found = first["items"] + second["items"]
    assert [item["id"] for item in found] == shared
    assert [item["access"] for item in found] == ["view", "edit", "edit"]
    assert second["next_cursor"] is None
    assert client.get(MEDIA, params={"scope": "shared"}).json()["items"] == []


def test_public_objects_can_be_looked_at_by_any_caller_and_unlisted_ones_by_their_address_alone(
    service: Service, client: httpx.Client, guest: httpx.Client
) -> None:
    public, unlisted = upload(client, visibility="public"), upload(client, visibility="unlisted")
    assert looks(guest, public) == {200}
    assert guest.get(f"{MEDIA}/{public}").json()["access"] == "view"
    assert refusal(guest.patch(f"{MEDIA}/{public}", json={"tags": []})) == (403, "view_only")
    assert refusal(guest.delete(f"{MEDIA}/{public}")) == (403, "owner_only")
    assert looks(guest, unlisted) == {404}
    for media_id in (public, unlisted):
        assert httpx.get(f"{service.url}/f/{media_id}/a.pdf", trust_env=False).status_code == 200
    assert guest.get(MEDIA).json()["items"] == []
    assert guest.get(MEDIA, params={"scope": "shared"}).json()["items"] == []


def test_a_guest_does_not_learn_which_other_object_has_the_same_bytes(
    client: httpx.Client, guest: httpx.Client
) -> None:
    first, second = upload(client), upload(client, request_number="7")
    share(client, second, guest)
    assert client.get(f"{MEDIA}/{second}").json()["duplicate_of"] == first
    seen = guest.get(f"{MEDIA}/{second}").json()
    assert (seen["duplicate_of"], seen["request_number"]) == (None, None)


def test_a_service_shares_in_the_name_of_an_owner(
    client: httpx.Client, guest: httpx.Client, new_client: Callable[..., httpx.Client]
) -> None:
    backend, mine = new_client(role="service"), upload(client)
    given = share(backend, mine, guest).json()
    assert given["created_by"] == backend.headers["x-test-user"]
    assert looks(guest, mine) == {200}


def test_to_share_a_key_must_be_one_that_writes(client: httpx.Client, new_client: Callable[..., httpx.Client]) -> None:
    reader = new_client(scopes=["media:read"])
    answer = share(reader, str(uuid4()), client)
    assert refusal(answer) == (403, "missing_scope")
