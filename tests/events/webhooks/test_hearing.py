"""Who hears of what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from mediaworks.db import Database
from mediaworks.testing.service import wait_until
from mediaworks.testing.webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from tests.events.webhooks.conftest import Happen, Hook, InDatabase

NewUser = Callable[..., httpx.Client]


def heard(receiver: WebhookReceiver) -> list[tuple[str, str]]:
    return [(got.message["type"], got.message["subject"]) for got in receiver.taken]


def test_a_webhook_hears_only_what_it_asked_for_and_only_its_owners(
    new_user: NewUser, hook: Hook, happen: Happen, receiver: WebhookReceiver
) -> None:
    owner, stranger = new_user(), new_user()
    hook(owner, "media.deleted", "webhook.*")
    mine = uuid4()
    happen(stranger, [uuid4()], type="media.deleted")
    happen(None, [uuid4()], type="media.deleted")
    happen(owner, [mine], type="media.restored")
    happen(owner, [mine], type="media.deleted")
    wait_until(lambda: receiver.taken)
    assert heard(receiver) == [("media.deleted", str(mine))]


def test_a_webhook_hears_nothing_that_happened_before_it_was_made(
    user: httpx.Client, hook: Hook, happen: Happen, receiver: WebhookReceiver
) -> None:
    before, after = uuid4(), uuid4()
    with WebhookReceiver() as earlier:
        hook(user, to=earlier)
        happen(user, [before])
        wait_until(lambda: earlier.taken)
        hook(user)
        happen(user, [after])
        wait_until(lambda: receiver.taken)
    assert heard(receiver) == [("media.updated", str(after))]


def test_a_webhook_of_somebody_who_sees_everybody_hears_of_everybody_if_it_asks(
    new_user: NewUser, hook: Hook, happen: Happen, receiver: WebhookReceiver
) -> None:
    elder, stranger = new_user(role="service"), new_user()
    theirs, nobodys = uuid4(), uuid4()
    with WebhookReceiver() as own:
        hook(elder, "media.deleted", scope="all")
        hook(elder, "media.deleted", to=own)
        happen(stranger, [theirs], type="media.deleted")
        happen(None, [nobodys], type="media.deleted")
        wait_until(lambda: {str(theirs), str(nobodys)} <= {subject for _, subject in heard(receiver)})
        assert own.got == []


def test_who_sees_everybody_no_more_hears_of_everybody_no_more(
    new_user: NewUser, hook: Hook, happen: Happen, in_database: InDatabase, receiver: WebhookReceiver
) -> None:
    elder, stranger = new_user(role="service"), new_user()
    hook(elder, "media.restored", scope="all")

    async def demote(database: Database) -> None:
        async with database.transaction() as connection:
            await connection.execute(
                text("UPDATE users SET role = 'user' WHERE id = :id"), {"id": UUID(elder.headers["x-test-user"])}
            )

    in_database(demote)
    mine = uuid4()
    happen(stranger, [uuid4()], type="media.restored")
    happen(elder, [mine], type="media.restored")
    wait_until(lambda: receiver.taken)
    assert heard(receiver) == [("media.restored", str(mine))]


def test_with_whom_a_media_object_is_shared_hears_of_it_but_not_of_what_is_its_owners_business(
    new_user: NewUser, hook: Hook, happen: Happen, receiver: WebhookReceiver
) -> None:
    owner, friend = new_user(), new_user()
    hook(friend, "media.updated", "media.purged")
    files = {"file": ("a.pdf", b"%PDF-1.4\n" + uuid4().bytes)}
    shared, private = (owner.post("/api/v1/media/upload", files=files).json()["id"] for _ in range(2))
    answer = owner.post(f"/api/v1/media/{shared}/shares", json={"user_id": friend.headers["x-test-user"]})
    assert answer.is_success, answer.text
    happen(owner, [UUID(shared)], type="media.purged")
    for media in (private, shared):
        owner.patch(f"/api/v1/media/{media}", json={"tags": ["new"]})
    wait_until(lambda: receiver.taken)
    assert set(heard(receiver)) == {("media.updated", shared)}


def test_an_account_that_is_closed_hears_nothing_more(
    new_user: NewUser, hook: Hook, happen: Happen, in_database: InDatabase, receiver: WebhookReceiver
) -> None:
    gone, elder = new_user(), new_user(role="service")
    made = hook(gone)
    with WebhookReceiver() as other:
        hook(elder, to=other, scope="all")

        async def close(database: Database) -> None:
            async with database.transaction() as connection:
                values = {"id": UUID(gone.headers["x-test-user"])}
                await connection.execute(text("UPDATE users SET disabled_at = now() WHERE id = :id"), values)

        in_database(close)
        subject = uuid4()
        happen(gone, [subject])
        wait_until(lambda: str(subject) in {found for _, found in heard(other)})
    assert receiver.got == []
    assert elder.get(f"/api/v1/webhooks/{made['id']}/deliveries").json()["items"] == []
