"""Pictures that look alike, and groups of nearly the same ones, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pyvips
from sqlalchemy import create_engine, make_url, text
from tests.processing.image.test_fingerprint import picture

from mediaworks.db import Database, DatabaseConfig
from mediaworks.media.similar.backfill import Backfill
from mediaworks.processing import ProcessingConfig
from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

MEDIA = "/api/v1/media"
Upload = Callable[[httpx.Client, pyvips.Image], str]


def jpeg(image: pyvips.Image, quality: int = 90) -> bytes:
    return bytes(image.write_to_buffer(".jpg", Q=quality))


def send(client: httpx.Client, content: bytes, name: str = "a.jpg") -> str:
    return str(client.post(f"{MEDIA}/upload", files={"file": (name, content)}).json()["id"])


def understood(client: httpx.Client, *media_ids: str) -> None:
    for media_id in media_ids:
        wait_until(lambda: client.get(f"{MEDIA}/{media_id}").json()["processing_status"] == "ready")  # noqa: B023


def similar(client: httpx.Client, media_id: str, **query: Any) -> list[tuple[str, int]]:
    answer = client.get(f"{MEDIA}/{media_id}/similar", params=query)
    assert answer.status_code == 200, answer.text
    return [(item["id"], item["distance"]) for item in answer.json()["items"]]


def test_copies_of_a_picture_are_found_and_other_pictures_are_not(client: httpx.Client) -> None:
    original = send(client, jpeg(picture(1)))
    small = send(client, jpeg(picture(1).resize(0.4), 60))
    other = send(client, jpeg(picture(2)))
    understood(client, original, small, other)
    answer = client.get(f"{MEDIA}/{original}/similar").json()
    (item,) = answer["items"]
    assert (item["id"], item["access"]) == (small, "owner")
    assert item["similarity"] == round(1 - item["distance"] / 64, 4)
    assert answer["phash"] == client.get(f"{MEDIA}/{original}/info").json()["phash"]
    everything = similar(client, original, max_distance=64)
    assert [one for one, _ in everything] == [small, other]
    assert similar(client, original, max_distance=64, limit=1) == everything[:1]


def test_mirrored_and_turned_pictures_are_found_when_asked_for(client: httpx.Client) -> None:
    original = send(client, jpeg(picture(3)))
    mirrored, turned = send(client, jpeg(picture(3).fliphor())), send(client, jpeg(picture(3).rot90()))
    understood(client, original, mirrored, turned)
    assert similar(client, original, max_distance=8) == []
    assert {one for one, _ in similar(client, original, max_distance=8, turned=True)} == {mirrored, turned}


def test_what_others_share_is_found_and_what_they_keep_is_not(
    client: httpx.Client, new_client: Callable[..., httpx.Client], admin: httpx.Client
) -> None:
    other = new_client()
    mine = send(client, jpeg(picture(4)))
    shared, kept, public = (send(other, jpeg(picture(4), quality)) for quality in (80, 70, 60))
    understood(client, mine)
    understood(other, shared, kept, public)
    other.post(f"{MEDIA}/{shared}/shares", json={"user_id": client.headers["x-test-user"]})
    other.patch(f"{MEDIA}/{public}", json={"visibility": "public"})
    assert [one for one, _ in similar(client, mine)] == [shared]
    assert similar(client, mine, scope="own") == []
    assert [one for one, _ in similar(client, mine, scope="shared")] == [shared]
    assert mine in dict(similar(client, public))
    assert {shared, kept, public} <= dict(similar(admin, mine, scope="all", limit=200)).keys()
    refused = client.get(f"{MEDIA}/{mine}/similar", params={"scope": "all"})
    assert refused.status_code == 403
    item = client.get(f"{MEDIA}/{mine}/similar").json()["items"][0]
    assert (item["access"], item["duplicate_of"]) == ("view", None)
    other.delete(f"{MEDIA}/{shared}")
    assert similar(client, mine) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"max_distance": "-1"}, "max_distance"),
        ({"max_distance": "65"}, "max_distance"),
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
    ],
)
def test_a_wrong_number_is_named_with_its_limit(client: httpx.Client, query: dict[str, str], field: str) -> None:
    answer = client.get(f"{MEDIA}/{uuid4()}/similar", params=query)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert "limit" in answer.json()


def test_what_is_no_picture_has_no_similar_ones_and_a_plain_one_none(client: httpx.Client) -> None:
    document = send(client, media.PDF, "a.pdf")
    answer = client.get(f"{MEDIA}/{document}/similar")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_picture")
    plain = send(client, jpeg(picture(1) * 0 + 90))
    understood(client, plain)
    assert client.get(f"{MEDIA}/{plain}/similar").json() == {"phash": None, "items": []}
    assert client.get(f"{MEDIA}/{uuid4()}/similar").status_code == 404


def groups(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    """All of them, one a page."""
    found: list[dict[str, Any]] = []
    while True:
        page = client.get(f"{MEDIA}/near-duplicates", params={"limit": 1, **query}).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def test_nearly_the_same_pictures_are_grouped_and_the_largest_is_kept(client: httpx.Client) -> None:
    small = send(client, jpeg(picture(5).resize(0.5)))
    alone = send(client, jpeg(picture(6)))
    large, again = send(client, jpeg(picture(5))), send(client, jpeg(picture(5), 70))
    first, second = send(client, jpeg(picture(7))), send(client, jpeg(picture(7), 50))
    understood(client, small, alone, large, again, first, second)
    found = groups(client, max_distance=8)
    assert [group["keep"] for group in found] == [large, first]
    assert found[0]["items"][0]["id"] == large
    assert {item["id"] for item in found[0]["items"]} == {small, large, again}
    assert [item["id"] for item in found[1]["items"]] == [first, second]
    assert not found[0]["more"]
    whole = client.get(f"{MEDIA}/near-duplicates", params={"max_distance": 8}).json()
    assert [group["keep"] for group in whole["items"]] == [large, first]
    client.delete(f"{MEDIA}/{second}")
    assert [group["keep"] for group in groups(client, max_distance=8)] == [large]


def test_a_chain_of_neighbours_is_one_group_and_stands_once(client: httpx.Client, service: Service) -> None:
    """Each is near the next; the ends are far from each other."""
    ids = [send(client, jpeg(picture(8), 90 - number)) for number in range(5)]
    understood(client, *ids)
    chain = [(1 << (3 * number)) - 1 for number in (2, 0, 4, 1, 3)]
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        for media_id, phash in zip(ids, chain, strict=True):
            change = text("UPDATE media_objects SET phash = CAST(:bits AS bit(64)) WHERE id = :id")
            connection.execute(change, {"bits": f"{phash:064b}", "id": media_id})
    engine.dispose()
    (group,) = groups(client, max_distance=3)
    assert {item["id"] for item in group["items"]} == set(ids)
    assert group["keep"] == ids[0]
    assert groups(client, max_distance=2) == []


@pytest.mark.parametrize(
    "query", [{"max_distance": "11"}, {"limit": "101"}, {"limit": "0"}, {"cursor": "nonsense"}, {"cursor": "W10"}]
)
def test_a_page_that_cannot_be_is_refused(client: httpx.Client, query: dict[str, str]) -> None:
    answer = client.get(f"{MEDIA}/near-duplicates", params=query)
    assert (answer.status_code, answer.json()["field"]) == (400, next(iter(query)))


def test_a_cursor_belongs_to_its_distance(client: httpx.Client) -> None:
    ids = [send(client, jpeg(picture(number), quality)) for number in (9, 10) for quality in (90, 80)]
    understood(client, *ids)
    page = client.get(f"{MEDIA}/near-duplicates", params={"limit": 1}).json()
    answer = client.get(f"{MEDIA}/near-duplicates", params={"cursor": page["next_cursor"], "max_distance": 5})
    assert (answer.status_code, answer.json()["field"]) == (400, "cursor")


def test_pictures_from_before_get_their_fingerprint_later(client: httpx.Client, service: Service) -> None:
    media_id = send(client, jpeg(picture(11, 900, 600)))
    understood(client, media_id)
    before = client.get(f"{MEDIA}/{media_id}/info").json()
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        forget = text("UPDATE media_objects SET phash = NULL, facts = facts - 'appearance' WHERE id = :id")
        connection.execute(forget, {"id": media_id})
    engine.dispose()
    assert client.get(f"{MEDIA}/{media_id}/info").json()["phash"] is None

    async def find() -> int:
        database = Database(DatabaseConfig(url=service.database_url))
        nobody: Any = None
        found = await Backfill(database, nobody, nobody, ProcessingConfig()).find()
        await database.close()
        return found

    assert asyncio.run(find()) >= 1
    after = wait_until(lambda: (i := client.get(f"{MEDIA}/{media_id}/info").json())["phash"] and i)
    bits = int(before["phash"], 16) ^ int(after["phash"], 16)
    assert bits.bit_count() <= 4
    assert asyncio.run(find()) == 0
