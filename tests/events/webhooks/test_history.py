from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from mediaworks.db import Database
from mediaworks.testing.service import wait_until
from mediaworks.testing.webhook_receiver import Reply, WebhookReceiver

if TYPE_CHECKING:
    from tests.events.webhooks.conftest import Happen, Hook, InDatabase

PATH = "/api/v1/webhooks"


def log(user: httpx.Client, made: dict[str, Any], **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = user.get(f"{PATH}/{made['id']}/deliveries", params=query).json()
    return found


def settled(user: httpx.Client, made: dict[str, Any], count: int, state: str = "delivered") -> list[dict[str, Any]]:
    """All deliveries of the webhook, once so many are in this state."""
    wait_until(lambda: len(log(user, made, state=state)["items"]) == count)
    items: list[dict[str, Any]] = log(user, made)["items"]
    return items


def test_the_log_tells_of_every_attempt(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    receiver.plan = lambda got: Reply(503, body=b"later, please") if got.number == 1 else Reply(200, body=b"thanks")
    made = hook(user)
    subject = uuid4()
    happen(user, [subject])
    (one,) = settled(user, made, 1)
    assert (one["type"], one["subject"], one["tries"]) == ("media.updated", str(subject), 2)
    assert one["event_id"] == receiver.got[0].id
    assert one["next_attempt_at"] is None
    first, second = one["attempts"]
    assert (first["status"], first["answer"]) == (503, "later, please")
    assert (second["status"], second["answer"], second["error"]) == (200, "thanks", None)
    assert first["at"] < second["at"]
    assert first["duration_ms"] >= 0
    assert user.get(f"{PATH}/{made['id']}/deliveries/{one['id']}").json() == one


def test_the_log_comes_in_pages_the_newest_event_first(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    made = hook(user)
    happen(user, [uuid4() for _ in range(5)])
    settled(user, made, 5)
    page = log(user, made, limit=2)
    found = page["items"]
    while page["next_cursor"]:
        page = log(user, made, limit=2, cursor=page["next_cursor"])
        found += page["items"]
    assert found == log(user, made)["items"]
    places = [one["sequence"] for one in found]
    assert (len(places), places) == (5, sorted(places, reverse=True))
    assert user.get(f"{PATH}/{made['id']}/deliveries", params={"limit": 0}).json()["field"] == "limit"


def test_one_delivery_is_tried_again_on_demand(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    made = hook(user)
    happen(user, [uuid4()])
    (one,) = settled(user, made, 1)
    again = user.post(f"{PATH}/{made['id']}/deliveries/{one['id']}/retry")
    assert (again.status_code, again.json()["state"]) == (202, "pending")
    wait_until(lambda: len(receiver.taken) == 2)
    (one,) = settled(user, made, 1)
    assert (len(one["attempts"]), receiver.got[0].id) == (2, receiver.got[1].id)
    missing = user.post(f"{PATH}/{made['id']}/deliveries/{uuid4()}/retry")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


def test_a_replay_since_a_moment_brings_all_of_it_again_in_order(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    subject = uuid4()
    with WebhookReceiver() as other:
        hook(user, to=other)
        happen(user, [subject], times=3)
        wait_until(lambda: len(other.taken) == 3)
    made = hook(user)
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    replayed = user.post(f"{PATH}/{made['id']}/replay", json={"since": hour_ago})
    assert (replayed.status_code, replayed.json()) == (202, {"queued": 3})
    wait_until(lambda: len(receiver.taken) == 3)
    assert [got.id for got in receiver.taken] == [got.id for got in other.taken]
    settled(user, made, 3)
    assert user.post(f"{PATH}/{made['id']}/replay", json={"since": hour_ago, "until": hour_ago}).json() == {"queued": 0}


def test_a_replay_is_of_what_the_owner_may_see_and_the_webhook_wants(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    with WebhookReceiver() as other:
        hook(user, "*", to=other)
        happen(None, [uuid4()], type="media.deleted")
        happen(user, [uuid4()], type="media.deleted")
        happen(user, [uuid4()], type="media.restored")
        wait_until(lambda: len(other.taken) == 2)
    made = hook(user, "media.deleted")
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert user.post(f"{PATH}/{made['id']}/replay", json={"since": since}).json() == {"queued": 1}
    wait_until(lambda: receiver.taken)
    wanted = [got.id for got in other.taken if got.message["type"] == "media.deleted"]
    assert [got.id for got in receiver.taken] == wanted


def test_a_replay_of_what_failed_leaves_the_rest_alone(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen, in_database: InDatabase
) -> None:
    bad = uuid4()
    receiver.plan = lambda got: Reply(500 if got.message["subject"] == str(bad) else 200)
    made = hook(user)
    happen(user, [bad, uuid4()])
    wait_until(lambda: len(receiver.got) > 2)

    async def end(database: Database) -> None:
        async with database.transaction() as connection:
            values = {"subject": bad}
            await connection.execute(
                text("UPDATE webhook_deliveries SET expires_at = now() WHERE subject = :subject"), values
            )

    in_database(end)
    settled(user, made, 1, "failed")
    receiver.plan = lambda got: Reply()
    receiver.taken.clear()
    assert user.post(f"{PATH}/{made['id']}/replay", json={"only_failed": True}).json() == {"queued": 1}
    wait_until(lambda: receiver.taken)
    settled(user, made, 2)
    assert [got.message["subject"] for got in receiver.taken] == [str(bad)]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "since"),
        ({"until": "2027-01-01T00:00:00Z"}, "since"),
        ({"since": "2027-01-01T00:00:00"}, "since"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00"}, "until"),
        ({"event_ids": ["01890000-0000-7000-8000-000000000000"] * 1001}, "event_ids"),
        ({"event_ids": ["none"]}, "event_ids"),
    ],
    ids=["nothing", "no beginning", "no zone", "no zone at the end", "too many", "no id"],
)
def test_a_replay_that_does_not_say_what_is_refused(
    user: httpx.Client, hook: Hook, request_: dict[str, Any], field: str
) -> None:
    made = hook(user)
    refused = user.post(f"{PATH}/{made['id']}/replay", json=request_)
    assert refused.status_code == 400
    assert field in refused.json()["detail"]


def test_what_events_are_forgotten_the_log_forgets_too(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen, in_database: InDatabase
) -> None:
    made = hook(user)
    happen(user, [uuid4()])
    (one,) = settled(user, made, 1)

    async def forget(database: Database) -> None:
        async with database.transaction() as connection:
            await connection.execute(text("DELETE FROM outbox WHERE id = :id"), {"id": one["event_id"]})

    in_database(forget)
    assert log(user, made) == {"items": [], "next_cursor": None}
