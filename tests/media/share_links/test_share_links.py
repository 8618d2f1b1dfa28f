"""Share links: who makes them, what opens them, and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

MEDIA = "/api/v1/media"
CONTENT = media.PDF + bytes(1000)


def upload(client: httpx.Client) -> str:
    return str(client.post(f"{MEDIA}/upload", files={"file": ("a.pdf", CONTENT)}).json()["id"])


def link(client: httpx.Client, media_id: str, **conditions: object) -> dict[str, Any]:
    answer = client.post(f"{MEDIA}/{media_id}/links", json=conditions)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def mine(client: httpx.Client) -> str:
    return upload(client)


@pytest.fixture
def anybody(service: Service) -> Any:
    with httpx.Client(base_url=service.url, trust_env=False, timeout=60) as visitor:
        yield visitor


def test_a_link_gives_the_file_to_anybody(client: httpx.Client, mine: str, anybody: httpx.Client) -> None:
    made = link(client, mine)
    assert made["url"] == f"/s/{made['token']}"
    whole = anybody.get(made["url"])
    assert (whole.status_code, whole.content) == (200, CONTENT)
    assert whole.headers["content-security-policy"] == "default-src 'none'; sandbox"
    part = anybody.get(made["url"], headers={"range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, CONTENT[5:10])
    head = anybody.head(made["url"])
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(CONTENT)))
    assert client.get(f"{MEDIA}/{mine}/links").json()["items"][0]["downloads"] == 1
    assert wait_until(lambda: client.get(f"{MEDIA}/{mine}").json()["download_count"] == 1)


def test_a_token_is_shown_once_and_kept_nowhere(
    service: Service, client: httpx.Client, mine: str, anybody: httpx.Client
) -> None:
    made = link(client, mine, password="open sesame")
    assert made["has_password"]
    anybody.get(made["url"])
    listed = client.get(f"{MEDIA}/{mine}/links")
    assert listed.json()["items"] == [{name: made[name] for name in listed.json()["items"][0]}]
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        row = str(connection.execute(text("SELECT * FROM share_links WHERE id = :id"), {"id": made["id"]}).one())
    engine.dispose()
    kept = listed.text + row + wait_until(lambda: service.log.read_text() if "/s/" in service.log.read_text() else None)
    assert made["token"] not in kept
    assert "open sesame" not in kept


@pytest.mark.parametrize("access", ["view", "edit", None])
def test_only_the_owner_makes_lists_and_revokes_links(
    client: httpx.Client, mine: str, new_client: Callable[..., httpx.Client], access: str | None
) -> None:
    guest, made = new_client(), link(client, mine)
    if access:
        shared = {"user_id": guest.headers["x-test-user"], "access": access}
        client.post(f"{MEDIA}/{mine}/shares", json=shared)
    answers = [
        guest.post(f"{MEDIA}/{mine}/links", json={}),
        guest.get(f"{MEDIA}/{mine}/links"),
        guest.delete(f"{MEDIA}/{mine}/links/{made['id']}"),
    ]
    assert {refusal(answer) for answer in answers} == {(403, "owner_only") if access else (404, "not_found")}
    own = upload(guest)
    assert refusal(guest.delete(f"{MEDIA}/{own}/links/{made['id']}")) == (404, "not_found")


def test_a_revoked_link_is_gone_and_an_unknown_one_is_not_found(
    client: httpx.Client, mine: str, anybody: httpx.Client
) -> None:
    made = link(client, mine)
    revoked = client.delete(f"{MEDIA}/{mine}/links/{made['id']}")
    assert (revoked.status_code, revoked.json()["revoked_at"] is not None) == (200, True)
    assert refusal(anybody.get(made["url"])) == (410, "link_revoked")
    assert refusal(client.delete(f"{MEDIA}/{mine}/links/{made['id']}")) == (404, "not_found")
    assert refusal(anybody.get("/s/nothing")) == (404, "not_found")
    assert refusal(anybody.get(f"/s/{made['id']}")) == (404, "not_found")


def test_an_expired_link_is_gone(client: httpx.Client, mine: str, anybody: httpx.Client) -> None:
    made = link(client, mine, expires_at=(datetime.now(UTC) + timedelta(seconds=1)).isoformat())
    assert anybody.head(made["url"]).status_code == 200
    wait_until(lambda: anybody.head(made["url"]).status_code == 410)
    assert refusal(anybody.get(made["url"])) == (410, "link_expired")


def test_a_link_for_so_many_downloads_gives_no_more_however_many_ask_at_once(
    client: httpx.Client, mine: str, anybody: httpx.Client
) -> None:
    made = link(client, mine, max_downloads=3)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: anybody.get(made["url"]), range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [410] * 9
    assert {refusal(answer) for answer in answers if answer.status_code == 410} == {(410, "link_used_up")}
    assert anybody.head(made["url"]).status_code == 410


def test_neither_ranges_nor_heads_get_around_the_count(client: httpx.Client, mine: str, anybody: httpx.Client) -> None:
    made = link(client, mine, max_downloads=1)
    head = anybody.head(made["url"])
    assert (head.status_code, head.headers["accept-ranges"]) == (200, "none")
    known = anybody.get(made["url"], headers={"if-none-match": head.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    whole = anybody.get(made["url"], headers={"range": "bytes=500-"})
    assert (whole.status_code, whole.content) == (200, CONTENT)
    assert refusal(anybody.get(made["url"], headers={"range": "bytes=0-499"})) == (410, "link_used_up")


def test_a_password_is_asked_for_and_opens(client: httpx.Client, mine: str, anybody: httpx.Client) -> None:
    made = link(client, mine, password="pässword")
    bare = anybody.get(made["url"])
    assert refusal(bare) == (401, "password_needed")
    assert bare.headers["www-authenticate"].startswith("X-Share-Password")
    assert CONTENT not in bare.content
    wrong = anybody.get(made["url"], headers={"x-share-password": "guess"})
    assert refusal(wrong) == (401, "wrong_password")
    right = anybody.get(made["url"], headers={b"x-share-password": "pässword".encode()})
    assert (right.content, right.headers["cache-control"]) == (CONTENT, "no-store")
    posted = anybody.post(made["url"], data={"password": "pässword"})
    assert (posted.status_code, posted.content) == (200, CONTENT)
    assert refusal(anybody.post(made["url"], data={"password": ""})) == (401, "wrong_password")


def test_a_browser_gets_a_form_without_script(client: httpx.Client, mine: str, anybody: httpx.Client) -> None:
    made = link(client, mine, password="secret")
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    asked = anybody.get(made["url"], headers=browser)
    assert (asked.status_code, asked.headers["content-type"].partition(";")[0]) == (401, "text/html")
    assert '<form method="post">' in asked.text
    assert "<script" not in asked.text
    assert asked.headers["content-security-policy"].startswith("default-src 'none'; form-action 'self'")
    again = anybody.post(made["url"], data={"password": "guess"}, headers=browser)
    assert (again.status_code, "not the password" in again.text) == (401, True)
    assert anybody.post(made["url"], data={"password": "secret"}, headers=browser).content == CONTENT


def test_guesses_are_few_a_minute_even_all_at_once_and_right_ones_do_not_count(
    client: httpx.Client, mine: str, anybody: httpx.Client
) -> None:
    made = link(client, mine, password="secret")

    def guess(password: str) -> int:
        return anybody.get(made["url"], headers={"x-share-password": password}).status_code

    assert {guess("secret") for _ in range(2)} == {200}
    with ThreadPoolExecutor(13) as threads:
        answers = sorted(threads.map(guess, ["wrong"] * 13))
    assert answers == [401] * 10 + [429] * 3
    stopped = anybody.get(made["url"], headers={"x-share-password": "secret"})
    assert refusal(stopped) == (429, "too_many_tries")
    assert int(stopped.headers["retry-after"]) <= 60


def test_a_minute_later_guesses_are_heard_again(
    service: Service, client: httpx.Client, mine: str, anybody: httpx.Client
) -> None:
    made = link(client, mine, password="secret")
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        past = "ARRAY(SELECT now() - interval '61 seconds' FROM generate_series(1, 10))"
        connection.execute(text(f"UPDATE share_links SET tries = {past} WHERE id = :id"), {"id": made["id"]})
    engine.dispose()
    assert anybody.get(made["url"], headers={"x-share-password": "secret"}).status_code == 200


@pytest.mark.parametrize("fate", ["deleted", "purged", "quarantined"])
def test_what_is_away_is_not_found_by_its_link(
    service: Service, client: httpx.Client, mine: str, anybody: httpx.Client, fate: str
) -> None:
    made = link(client, mine)
    if fate == "quarantined":
        engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
        with engine.begin() as connection:
            change = text("UPDATE media_objects SET status = 'quarantined', quarantine = 'virus' WHERE id = :id")
            connection.execute(change, {"id": mine})
        engine.dispose()
    else:
        client.delete(f"{MEDIA}/{mine}", params={"purge": "true"} if fate == "purged" else {})
    assert refusal(anybody.get(made["url"])) == (404, "not_found")
    if fate == "deleted":
        client.post(f"{MEDIA}/{mine}/restore")
        assert anybody.get(made["url"]).status_code == 200


@pytest.mark.parametrize(
    ("conditions", "field"),
    [
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2099-01-01T00:00:00"}, "expires_at"),
        ({"password": "abc"}, "password"),
        ({"max_downloads": 0}, "max_downloads"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_condition_that_cannot_be_is_named(
    client: httpx.Client, mine: str, conditions: dict[str, object], field: str
) -> None:
    answer = client.post(f"{MEDIA}/{mine}/links", json=conditions)
    assert (answer.status_code, field in answer.text) == (400, True)


def test_links_of_nothing_are_not_found(client: httpx.Client) -> None:
    assert refusal(client.post(f"{MEDIA}/{uuid4()}/links", json={})) == (404, "not_found")


def test_a_form_that_is_too_large_is_refused(client: httpx.Client, mine: str, anybody: httpx.Client) -> None:
    made = link(client, mine, password="secret")
    assert anybody.post(made["url"], data={"password": "x" * 20_000}).status_code == 413
