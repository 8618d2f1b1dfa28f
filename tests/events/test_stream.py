"""GET /api/v1/events against a real service."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text
from uuid_utils.compat import uuid7

from mediaworks.testing.service import Service, wait_until

if TYPE_CHECKING:
    from tests.events.conftest import Listener

    Listen = Callable[..., Listener]
    Upload = Callable[[httpx.Client], str]


def test_what_happens_to_a_media_object_is_told_in_order(listen: Listen, client: httpx.Client, upload: Upload) -> None:
    heard = listen(client, types="media.*")
    media_id = upload(client)
    heard.wait_for(2)
    client.patch(f"/api/v1/media/{media_id}", json={"tags": ["sea"]})
    client.delete(f"/api/v1/media/{media_id}")
    client.post(f"/api/v1/media/{media_id}/restore")
    client.delete(f"/api/v1/media/{media_id}?purge=true")
    events = heard.wait_for(7)
    assert heard.types() == [
        "media.uploaded", "media.ready", "media.updated", "media.deleted", "media.restored", "media.deleted",
        "media.purged",
    ]  # fmt: skip
    assert {event["subject"] for event in events} == {media_id}
    assert heard.ids == [event["id"] for event in events]
    assert [event["sequence"] for event in events] == sorted({event["sequence"] for event in events})


def test_an_event_says_what_happened_to_what_when_and_whose_it_is(
    listen: Listen, client: httpx.Client, upload: Upload
) -> None:
    heard = listen(client, types="media.uploaded")
    media_id = upload(client)
    event = heard.wait_for(1)[0]
    assert event.keys() >= {"id", "type", "version", "subject", "user_id", "occurred_at", "sequence", "data"}
    assert (event["type"], event["version"], event["subject"]) == ("media.uploaded", 1, media_id)
    assert event["user_id"] == client.headers["x-test-user"]
    assert event["data"]["mime_type"] == "application/pdf"
    assert event["occurred_at"].endswith("Z")


def test_a_stream_goes_on_after_the_last_event_that_was_seen(
    listen: Listen, client: httpx.Client, upload: Upload
) -> None:
    first = listen(client, types="media.*")
    upload(client)
    seen = first.wait_for(2)[0]["id"]
    first.close()
    for again in (
        listen(client, last_id=seen, types="media.*"),
        listen(client, last_event_id=seen, types="media.*"),
    ):
        assert [event["type"] for event in again.wait_for(1)] == ["media.ready"]


def test_a_stream_that_is_far_behind_misses_nothing(
    listen: Listen, client: httpx.Client, upload: Upload, service: Service
) -> None:
    media_id = upload(client)
    first = listen(client, last_id=str(_first_event(service, media_id)), types="media.deleted")
    _write_events(service, client.headers["x-test-user"], 1500)
    events = first.wait_for(1500)
    again = listen(client, last_id=events[0]["id"], types="media.deleted")
    assert [event["id"] for event in again.wait_for(1499)] == [event["id"] for event in events[1:]]


def test_who_has_seen_nothing_yet_goes_on_where_the_stream_began(
    listen: Listen, client: httpx.Client, upload: Upload
) -> None:
    upload(client)
    wait_until(lambda: client.get("/api/v1/events/history").json()["items"])
    first = listen(client, types="media.deleted")
    first.close()
    media_id = upload(client)
    assert listen(client, last_id=first.last_id, types="media.uploaded").wait_for(1)[0]["subject"] == media_id


def test_an_event_that_is_forgotten_is_followed_by_what_is_kept_since(
    listen: Listen, client: httpx.Client, upload: Upload
) -> None:
    before = uuid7()
    upload(client)
    assert listen(client, last_id=str(before)).wait_for(1)[0]["type"] == "media.uploaded"


@pytest.mark.parametrize("wrong", ["yesterday", "c1cc4e8b-40a0-454f-968a-ff67cb7e1d7a"])
def test_an_id_that_no_event_has_is_refused(client: httpx.Client, wrong: str) -> None:
    answer = client.get("/api/v1/events", params={"last_event_id": wrong})
    assert (answer.status_code, answer.json()["field"]) == (400, "last_event_id")


def test_a_stream_can_be_of_some_types_and_of_one_subject(listen: Listen, client: httpx.Client, upload: Upload) -> None:
    deletions = listen(client, types="media.deleted,upload.*")
    media_id, other = upload(client), upload(client)
    about = listen(client, subject=media_id)
    for each in (other, media_id):
        client.delete(f"/api/v1/media/{each}")
    assert [event["subject"] for event in deletions.wait_for(2)] == [other, media_id]
    assert set(deletions.types()) == {"media.deleted"}
    about.wait_for(1)
    assert {event["subject"] for event in about.events} == {media_id}


def test_a_type_that_is_not_there_is_refused_with_those_that_are(client: httpx.Client) -> None:
    answer = client.get("/api/v1/events", params={"types": "media.*,media.eaten"})
    assert answer.status_code == 400
    assert "media.eaten" in answer.json()["detail"]
    assert "media.ready" in answer.json()["allowed"]


def test_nobody_hears_of_anothers_media_but_who_may_see_everybodys(
    listen: Listen, client: httpx.Client, new_client: Callable[..., httpx.Client], upload: Upload
) -> None:
    stranger, backend = new_client(), new_client(role="service")
    stream, all_of_it = listen(stranger), listen(backend, scope="all", types="media.*")
    own_only = listen(backend)
    media_id = upload(client)
    wait_until(lambda: media_id in {event["subject"] for event in all_of_it.events})
    upload(stranger)
    assert {event["user_id"] for event in stream.wait_for(1)} == {stranger.headers["x-test-user"]}
    assert own_only.events == []
    assert client.get("/api/v1/events", params={"scope": "all"}).json()["code"] == "own_only"


def test_who_it_is_shared_with_hears_of_it_but_not_with_whom_else(
    listen: Listen, client: httpx.Client, new_client: Callable[..., httpx.Client], upload: Upload
) -> None:
    friend, other = new_client(), new_client()
    heard = listen(friend)
    media_id = upload(client)
    start = friend.get("/api/v1/events/history").json()["items"]
    for one in (friend, other):
        client.post(f"/api/v1/media/{media_id}/shares", json={"user_id": one.headers["x-test-user"], "access": "view"})
    client.patch(f"/api/v1/media/{media_id}", json={"tags": ["sea"]})
    wait_until(lambda: "media.updated" in heard.types())
    assert "media.shared" not in heard.types()
    assert start == []
    told = [event["type"] for event in friend.get("/api/v1/events/history").json()["items"]]
    assert told[0] == "media.updated"
    assert "media.shared" not in told


def test_events_need_their_scope(new_client: Callable[..., httpx.Client]) -> None:
    for path in ("/api/v1/events", "/api/v1/events/history"):
        answer = new_client(scopes=["media:read"]).get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


def test_history_comes_page_by_page_from_either_end(client: httpx.Client, upload: Upload, service: Service) -> None:
    _write_events(service, client.headers["x-test-user"], 5)
    wait_until(lambda: len(_pages(client, limit=200)) == 5)
    newest = _pages(client, order="newest", limit=2)
    oldest = _pages(client, order="oldest", limit=2)
    assert len(newest) == 5
    assert [event["id"] for event in newest] == [event["id"] for event in oldest][::-1]
    answer = client.get("/api/v1/events/history", params={"order": "oldest", "cursor": oldest[-1]["id"]})
    assert answer.json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("limit", [0, 201])
def test_a_page_of_history_has_its_limits(client: httpx.Client, limit: int) -> None:
    assert client.get("/api/v1/events/history", params={"limit": limit}).json()["field"] == "limit"


def test_the_types_are_listed_with_their_fields(client: httpx.Client) -> None:
    types = {one["type"]: one for one in client.get("/api/v1/events/types").json()["items"]}
    assert types["media.ready"]["fields"] == ["kind", "thumbnails"]


def _pages(client: httpx.Client, **parameters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = client.get("/api/v1/events/history", params=parameters).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        parameters["cursor"] = page["next_cursor"]


def _write_events(service: Service, user_id: str, count: int) -> None:
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        rows = [{"id": uuid7(), "user_id": UUID(user_id), "subject": uuid7()} for _ in range(count)]
        connection.execute(
            text("INSERT INTO outbox (id, type, subject, user_id, data) VALUES (:id, 'media.deleted', :subject, :user_id, '{}')"),
            rows,
        )  # fmt: skip
        connection.execute(text("NOTIFY mediaworks_outbox"))
    with engine.connect() as connection:
        unplaced = text("SELECT count(*) FROM outbox WHERE sequence IS NULL AND user_id = :user_id")

        def placed() -> bool:
            connection.rollback()
            return not connection.execute(unplaced, {"user_id": UUID(user_id)}).scalar_one()

        wait_until(placed)
    engine.dispose()


def _first_event(service: Service, subject: str) -> UUID:
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        query = text("SELECT id FROM outbox WHERE subject = :subject ORDER BY position LIMIT 1")
        found: UUID = connection.execute(query, {"subject": UUID(subject)}).scalar_one()
    engine.dispose()
    return found
