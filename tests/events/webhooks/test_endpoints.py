from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing.service import wait_until
from mediaworks.testing.webhook_receiver import Reply, WebhookReceiver

if TYPE_CHECKING:
    from tests.events.webhooks.conftest import Happen, Hook

PATH = "/api/v1/webhooks"
NewUser = Callable[..., httpx.Client]


def test_the_secret_is_shown_when_it_is_made_and_never_again(user: httpx.Client, hook: Hook) -> None:
    made = hook(user, "media.*", "media.*", description="search index")
    assert made["secret"].startswith("whsec_")
    shown = user.get(f"{PATH}/{made['id']}").json()
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert shown["events"] == ["media.*"]
    assert (shown["description"], shown["scope"], shown["enabled"]) == ("search index", "own", True)
    assert user.get(PATH).json() == {"items": [shown], "next_cursor": None}


def test_a_webhook_is_its_owners_and_nobody_else_learns_of_it(new_user: NewUser, hook: Hook) -> None:
    owner, other = new_user(), new_user()
    made = hook(owner)
    address = f"{PATH}/{made['id']}"
    assert other.get(PATH).json()["items"] == []
    asked = [
        other.get(address),
        other.patch(address, json={"enabled": False}),
        other.delete(address),
        other.post(f"{address}/rotate-secret"),
        other.post(f"{address}/test"),
        other.post(f"{address}/replay", json={"only_failed": True}),
        other.get(f"{address}/deliveries"),
        other.get(f"{address}/deliveries/{uuid4()}"),
        other.post(f"{address}/deliveries/{uuid4()}/retry"),
    ]
    assert {answer.status_code for answer in asked} == {404}
    assert {answer.json()["code"] for answer in asked} == {"not_found"}


@pytest.mark.parametrize("role", ["admin", "service"])
def test_those_who_see_everybody_see_all_webhooks(new_user: NewUser, hook: Hook, role: str) -> None:
    made = hook(new_user())
    elder = new_user(role=role)
    assert elder.get(f"{PATH}/{made['id']}").status_code == 200
    assert elder.get(PATH, params={"scope": "own"}).json()["items"] == []
    first = elder.get(PATH, params={"limit": 1}).json()
    ids = [item["id"] for item in first["items"]]
    while first["next_cursor"]:
        first = elder.get(PATH, params={"limit": 1, "cursor": first["next_cursor"]}).json()
        ids += [item["id"] for item in first["items"]]
    assert made["id"] in ids
    assert len(set(ids)) == len(ids)


def test_a_key_without_the_scope_and_a_viewer_make_no_webhooks(new_user: NewUser, receiver: WebhookReceiver) -> None:
    request = {"url": receiver.url, "events": ["*"]}
    refused = new_user(scopes=["media:read"]).post(PATH, json=request)
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
    viewer = new_user(role="viewer")
    refused = viewer.post(PATH, json=request)
    assert (refused.status_code, refused.json()["code"]) == (403, "read_only")
    assert viewer.get(PATH).json()["items"] == []


def test_everybodys_events_are_for_those_who_see_everybody(user: httpx.Client, receiver: WebhookReceiver) -> None:
    refused = user.post(PATH, json={"url": receiver.url, "events": ["*"], "scope": "all"})
    assert (refused.status_code, refused.json()["code"]) == (403, "own_only")
    assert user.get(PATH, params={"scope": "all"}).status_code == 403


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"events": ["media.eaten"]}, "events", "invalid"),
        ({"events": ["cheese.*"]}, "events", "invalid"),
        ({"events": ["med*"]}, "events", "invalid"),
        ({"events": []}, "events", "invalid"),
        ({"url": "not an address"}, "url", "address_not_allowed"),
        ({"url": "ftp://example.org/"}, "url", "address_not_allowed"),
        ({"url": "https://user:secret@example.org/"}, "url", "address_not_allowed"),
        ({"url": "http://10.1.2.3/"}, "url", "address_not_allowed"),
        ({"url": "http://[::1]:8083/"}, "url", "address_not_allowed"),
        ({"url": "http://169.254.169.254/latest"}, "url", "address_not_allowed"),
        ({"url": "http://example.org:port/"}, "url", "invalid_url"),
        ({"url": "http://example.org/" + "x" * 3000}, "url", "invalid_url"),
        ({"description": "x" * 501}, "description", "invalid"),
        ({"description": "a\0b"}, "description", "invalid"),
        ({"scope": "some"}, "scope", "invalid"),
        ({"url": None}, "url", "invalid"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(
    user: httpx.Client, receiver: WebhookReceiver, change: dict[str, Any], field: str, code: str
) -> None:
    refused = user.post(PATH, json={"url": receiver.url, "events": ["*"], **change})
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert refused.json()["field"] == field or field in refused.json()["detail"]
    assert user.get(PATH).json()["items"] == []


def test_a_change_is_checked_like_a_new_one(user: httpx.Client, hook: Hook) -> None:
    made = hook(user)
    address = f"{PATH}/{made['id']}"
    assert user.patch(address, json={"url": "http://10.1.2.3/"}).json()["field"] == "url"
    assert user.patch(address, json={"events": ["nothing"]}).json()["field"] == "events"
    changed = user.patch(address, json={"events": ["media.ready"], "description": "new"}).json()
    assert (changed["events"], changed["description"], changed["url"]) == (["media.ready"], "new", made["url"])
    assert user.patch(address, json={}).json() == changed


def test_a_user_has_so_many_webhooks_and_no_more(user: httpx.Client, hook: Hook, receiver: WebhookReceiver) -> None:
    made = [hook(user) for _ in range(3)]
    refused = user.post(PATH, json={"url": receiver.url, "events": ["*"]})
    assert (refused.status_code, refused.json()["code"], refused.json()["limit"]) == (409, "too_many_webhooks", 3)
    assert user.delete(f"{PATH}/{made[0]['id']}").status_code == 204
    hook(user)


def test_a_test_is_sent_at_once_and_tells_what_came_back(
    user: httpx.Client, hook: Hook, receiver: WebhookReceiver
) -> None:
    made = hook(user, "media.purged")
    result = user.post(f"{PATH}/{made['id']}/test").json()
    assert result["delivered"]
    assert result["attempt"]["status"] == 204
    assert receiver.got[0].verified
    assert receiver.got[0].message["type"] == "webhook.test"
    assert receiver.got[0].message["data"] == {"webhook_id": made["id"]}
    receiver.plan = lambda got: Reply(418, body=b"I am a teapot\0")
    result = user.post(f"{PATH}/{made['id']}/test").json()
    assert not result["delivered"]
    assert (result["attempt"]["status"], result["attempt"]["answer"]) == (418, "I am a teapot")


def test_while_secrets_change_the_old_one_still_verifies(
    user: httpx.Client, hook: Hook, receiver: WebhookReceiver
) -> None:
    made = hook(user)
    test = f"{PATH}/{made['id']}/test"
    fresh = user.post(f"{PATH}/{made['id']}/rotate-secret", json={"overlap_hours": 1}).json()["secret"]
    assert fresh != made["secret"]
    user.post(test)
    receiver.secrets = [fresh]
    user.post(test)
    last = user.post(f"{PATH}/{made['id']}/rotate-secret", json={"overlap_hours": 0}).json()["secret"]
    user.post(test)
    receiver.secrets = [last]
    user.post(test)
    assert [got.verified for got in receiver.got] == [True, True, False, True]
    assert [len(got.headers["webhook-signature"].split(" ")) for got in receiver.got] == [2, 2, 1, 1]


@pytest.mark.parametrize("hours", [-1, 169])
def test_an_overlap_has_bounds(user: httpx.Client, hook: Hook, hours: float) -> None:
    made = hook(user)
    refused = user.post(f"{PATH}/{made['id']}/rotate-secret", json={"overlap_hours": hours})
    assert (refused.status_code, refused.json()["field"]) == (400, "overlap_hours")


def test_a_webhook_that_is_removed_hears_nothing_more(
    user: httpx.Client, hook: Hook, happen: Happen, receiver: WebhookReceiver
) -> None:
    with WebhookReceiver() as other:
        first = hook(user)
        hook(user, to=other)
        user.delete(f"{PATH}/{first['id']}")
        happen(user, [uuid4()], times=3)
        wait_until(lambda: len(other.taken) == 3)
    assert receiver.got == []
