from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from mediaworks.db import Database
from mediaworks.testing.service import wait_until
from mediaworks.testing.webhook_receiver import Got, Reply, WebhookReceiver

if TYPE_CHECKING:
    from tests.events.webhooks.conftest import Happen, Hook, InDatabase

PATH = "/api/v1/webhooks"


def deliveries(user: httpx.Client, made: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = user.get(f"{PATH}/{made['id']}/deliveries", params=query).json()["items"]
    return found


def test_a_change_of_a_media_object_reaches_the_webhook_signed(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook
) -> None:
    hook(user, "media.uploaded")
    content = b"%PDF-1.4\n" + uuid4().bytes
    media = user.post("/api/v1/media/upload", files={"file": ("a.pdf", content)}).json()
    wait_until(lambda: receiver.got)
    got = receiver.got[0]
    assert got.verified
    assert got.message.keys() == {"type", "timestamp", "data", "id", "version", "subject", "user_id", "sequence"}
    assert (got.message["type"], got.message["subject"]) == ("media.uploaded", media["id"])
    assert got.message["data"]["sha256"] == media["sha256"]
    assert got.message["id"] == got.id
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("Mediaworks/")


def test_a_webhook_that_fails_half_of_the_time_gets_everything_in_order_for_each_object(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    chance = random.Random(1)
    receiver.plan = lambda got: Reply(500 if chance.random() < 0.5 else 204)
    hook(user, "media.updated")
    subjects = [uuid4() for _ in range(20)]
    happen(user, subjects, times=15)
    wait_until(lambda: len(receiver.taken) >= 300, 40)
    taken = receiver.taken_by_subject()
    assert {subject: len(places) for subject, places in taken.items()} == {str(subject): 15 for subject in subjects}
    assert all(places == sorted(places) for places in taken.values())
    assert len({got.id for got in receiver.taken}) == 300
    assert all(got.verified for got in receiver.got)
    assert len(receiver.got) > 400


def test_an_event_waits_for_the_earlier_one_of_its_object_and_others_go_on(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    stuck, free = uuid4(), uuid4()
    receiver.plan = lambda got: Reply(500 if got.message["subject"] == str(stuck) else 200)
    made = hook(user)
    happen(user, [stuck, free], times=3)
    wait_until(lambda: len(receiver.taken) == 3)
    wait_until(lambda: len(receiver.got) >= 6)
    assert {got.message["sequence"] for got in receiver.got if got.message["subject"] == str(stuck)} == {
        min(got.message["sequence"] for got in receiver.got)
    }
    assert [one["state"] for one in deliveries(user, made, state="pending")] == ["pending"] * 3
    receiver.plan = lambda got: Reply()
    wait_until(lambda: len(receiver.taken) == 6)
    assert receiver.taken_by_subject()[str(stuck)] == sorted(receiver.taken_by_subject()[str(stuck)])


def test_a_slow_webhook_holds_up_no_other_and_gets_no_more_at_once_than_allowed(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    with WebhookReceiver(lambda got: Reply(seconds=1.2)) as slow:
        hook(user, to=slow)
        hook(user)
        began = time.monotonic()
        happen(user, [uuid4() for _ in range(30)])
        wait_until(lambda: len(receiver.taken) == 30)
        assert len(slow.got) < 30 or time.monotonic() - began > 2.4
        wait_until(lambda: len(slow.got) > 8)
        assert slow.most_at_once == 8


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen, as_date: bool
) -> None:
    def busy_at_first(got: Got) -> Reply:
        if len(receiver.got) > 1:
            return Reply()
        soon = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        return Reply(429, {"retry-after": soon if as_date else "1"})

    receiver.plan = busy_at_first
    hook(user)
    happen(user, [uuid4()])
    wait_until(lambda: receiver.taken)
    assert 0.9 <= receiver.got[1].at - receiver.got[0].at < 8


def test_a_redirect_is_a_failure_and_not_followed(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    receiver.plan = lambda got: Reply(302, {"location": receiver.url + "/elsewhere"}) if got.number == 1 else Reply()
    made = hook(user)
    happen(user, [uuid4()])
    wait_until(lambda: receiver.taken)
    wait_until(lambda: deliveries(user, made, state="delivered"))
    assert {got.path for got in receiver.got} == {"/hook"}
    first, second = deliveries(user, made)[0]["attempts"]
    assert (first["status"], second["status"]) == (302, 204)
    assert "redirects are not followed" in first["error"]


def test_an_answer_that_does_not_come_in_time_is_a_failure(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    receiver.plan = lambda got: Reply(seconds=2.5 if got.number == 1 else 0)
    made = hook(user)
    happen(user, [uuid4()])
    wait_until(lambda: deliveries(user, made, state="delivered"))
    first, second = deliveries(user, made)[0]["attempts"]
    assert (first["status"], first["error"]) == (None, "no answer within 2 s")
    assert second["status"] == 204
    assert receiver.got[0].id == receiver.got[1].id
    assert receiver.got[0].message == receiver.got[1].message


def test_a_private_address_is_refused_again_when_it_is_called(
    user: httpx.Client, hook: Hook, happen: Happen, in_database: InDatabase
) -> None:
    made = hook(user)
    execute(in_database, made, "UPDATE webhooks SET url = 'http://10.1.2.3/' WHERE id = :id")
    happen(user, [uuid4()])
    wait_until(lambda: deliveries(user, made) and deliveries(user, made)[0]["attempts"])
    attempt = deliveries(user, made)[0]["attempts"][0]
    assert attempt["status"] is None
    assert "MEDIAWORKS_EGRESS_ALLOW" in attempt["error"]


def test_410_disables_at_once_and_enabling_goes_on_from_there(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    first, missed, later = uuid4(), uuid4(), uuid4()
    with WebhookReceiver() as watcher:
        hook(user, "webhook.disabled", "media.updated", to=watcher)
        made = hook(user, "media.updated")
        receiver.plan = lambda got: Reply(410)
        happen(user, [first])
        wait_until(lambda: len(watcher.taken) == 2)
        told = watcher.taken[1].message
        happen(user, [missed])
        wait_until(lambda: len(watcher.taken) == 3)
    shown = user.get(f"{PATH}/{made['id']}").json()
    assert (told["type"], told["subject"], told["data"]["url"]) == ("webhook.disabled", made["id"], made["url"])
    assert not shown["enabled"]
    assert shown["disabled_reason"] == told["data"]["reason"] == "The endpoint answered 410 Gone"
    receiver.plan = lambda got: Reply()
    assert user.patch(f"{PATH}/{made['id']}", json={"enabled": True}).json()["enabled"]
    wait_until(lambda: receiver.taken)
    happen(user, [later])
    wait_until(lambda: len(receiver.taken) == 2)
    assert [got.message["subject"] for got in receiver.got] == [str(first), str(first), str(later)]
    assert receiver.got[0].id == receiver.got[1].id
    assert user.post(f"{PATH}/{made['id']}/replay", json={"event_ids": [watcher.taken[2].id]}).json() == {"queued": 1}
    wait_until(lambda: len(receiver.taken) == 3)
    assert receiver.taken[2].message == watcher.taken[2].message


def test_a_webhook_that_took_nothing_for_days_is_disabled_with_what_waits(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen, in_database: InDatabase
) -> None:
    receiver.plan = lambda got: Reply(500)
    made = hook(user)
    happen(user, [uuid4()])
    wait_until(lambda: user.get(f"{PATH}/{made['id']}").json()["failing_since"])
    execute(in_database, made, "UPDATE webhooks SET resumes_at = now() + interval '1 hour' WHERE id = :id")
    wait_until(lambda: not under_way(in_database, made))
    execute(
        in_database,
        made,
        "UPDATE webhook_deliveries SET expires_at = now() WHERE endpoint_id = :id",
        "UPDATE webhooks SET failing_since = now() - interval '73 hours', resumes_at = NULL WHERE id = :id",
        "NOTIFY mediaworks_webhooks",
    )
    wait_until(lambda: not user.get(f"{PATH}/{made['id']}").json()["enabled"])
    assert "failed for 3 days" in user.get(f"{PATH}/{made['id']}").json()["disabled_reason"]
    receiver.plan = lambda got: Reply()
    user.patch(f"{PATH}/{made['id']}", json={"enabled": True})
    wait_until(lambda: receiver.taken)
    wait_until(lambda: deliveries(user, made, state="delivered"))
    assert user.get(f"{PATH}/{made['id']}").json()["failing_since"] is None


def test_an_event_that_is_not_taken_in_its_time_fails_and_the_next_goes_on(
    user: httpx.Client, receiver: WebhookReceiver, hook: Hook, happen: Happen, in_database: InDatabase
) -> None:
    receiver.plan = lambda got: Reply(500 if got.message["sequence"] == receiver.got[0].message["sequence"] else 200)
    made = hook(user)
    happen(user, [uuid4()], times=2)
    wait_until(lambda: len(receiver.got) > 1)
    execute(in_database, made, "UPDATE webhook_deliveries SET expires_at = now() WHERE endpoint_id = :id")
    wait_until(lambda: receiver.taken)
    wait_until(lambda: deliveries(user, made, state="delivered"))
    assert [one["state"] for one in deliveries(user, made)] == ["delivered", "failed"]
    assert deliveries(user, made, state="failed")[0]["finished_at"]


def execute(in_database: InDatabase, made: dict[str, Any], *statements: str) -> None:
    async def run(database: Database) -> None:
        async with database.transaction() as connection:
            for statement in statements:
                await connection.execute(text(statement), {"id": UUID(made["id"])} if ":id" in statement else {})

    in_database(run)


def under_way(in_database: InDatabase, made: dict[str, Any]) -> int:
    """How many attempts have been begun and not been written down."""
    leased = text("SELECT count(*) FROM webhook_lanes WHERE endpoint_id = :id AND lease IS NOT NULL")

    async def run(database: Database) -> int:
        async with database.reading() as connection:
            return int((await connection.execute(leased, {"id": UUID(made["id"])})).scalar_one())

    count: int = in_database(run)
    return count
