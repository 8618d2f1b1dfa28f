"""All data of a user: in one archive, and gone."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

MEDIA = "/api/v1/media"
USERS = "/api/v1/users"
TOLD = "SELECT array_agg(type ORDER BY position) FROM outbox WHERE subject = :id AND user_id IS NULL AND data = '{}'"


def upload(client: httpx.Client, name: str = "a.pdf", content: bytes = media.PDF) -> str:
    return str(client.post(f"{MEDIA}/upload", files={"file": (name, content)}).json()["id"])


def user_of(client: httpx.Client) -> str:
    return str(client.headers["x-test-user"])


def name_of(admin: httpx.Client, user_id: str) -> str:
    return str(next(user["name"] for user in admin.get(USERS).json()["items"] if user["id"] == user_id))


def archive(client: httpx.Client, user_id: str) -> zipfile.ZipFile:
    answer = client.get(f"{USERS}/{user_id}/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    found = zipfile.ZipFile(io.BytesIO(answer.content))
    assert found.testzip() is None
    return found


def read(found: zipfile.ZipFile, name: str) -> Any:
    return json.loads(found.read(name))


@contextmanager
def looking_into(service: Service) -> Iterator[Connection]:
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_the_archive_has_every_record_and_every_original(
    admin: httpx.Client, client: httpx.Client, new_client: Callable[..., httpx.Client]
) -> None:
    friend, content = new_client(), media.PDF + bytes(3_000_000)
    kept, deleted = upload(client, "träume.pdf", content), upload(client, "b.pdf")
    client.delete(f"{MEDIA}/{deleted}")
    client.post(f"{MEDIA}/{kept}/shares", json={"user_id": user_of(friend)})
    client.post(f"{MEDIA}/{kept}/links", json={"password": "secret"})
    group = admin.post("/api/v1/groups", json={"name": uuid4().hex}).json()
    admin.put(f"/api/v1/groups/{group['id']}/members/{user_of(client)}")
    theirs = upload(friend)

    found = archive(client, user_of(client))
    assert found.read(f"media/{kept}/träume.pdf") == content
    assert found.read(f"media/{deleted}/b.pdf") == media.PDF
    assert [row["id"] for row in read(found, "media.json")] == [kept, deleted]
    assert [row["media_id"] for row in read(found, "shares.json")] == [kept]
    assert [row["media_id"] for row in read(found, "links.json")] == [kept]
    assert [row["name"] for row in read(found, "groups.json")] == [group["name"]]
    assert {row["media_id"] for row in read(found, "uploads.json")} == {kept, deleted}
    assert read(found, "user.json")[0]["id"] == user_of(client)
    assert len(read(found, "keys.json")) == 1
    assert {row["subject"] for row in read(found, "events.json")} >= {kept, deleted}
    assert {row["subject"] for row in read(found, "jobs.json")} >= {kept, deleted}
    assert "postApiV1MediaMediaIdLinks" in {row["action"] for row in read(found, "audit.json")}
    everything = b"".join(found.read(name) for name in found.namelist())
    for foreign in (theirs.encode(), client.headers["x-api-key"].encode(), b"_hash"):
        assert foreign not in everything


def test_a_user_who_has_nothing_gets_an_archive_too(client: httpx.Client) -> None:
    found = archive(client, user_of(client))
    assert read(found, "media.json") == []


def test_what_is_in_quarantine_is_told_of_and_not_given(service: Service, client: httpx.Client) -> None:
    mine = upload(client)
    with looking_into(service) as connection:
        change = text("UPDATE media_objects SET status = 'quarantined', quarantine = 'virus' WHERE id = :id")
        connection.execute(change, {"id": mine})
    found = archive(client, user_of(client))
    assert read(found, "media.json")[0]["quarantine"] == "virus"
    assert not [name for name in found.namelist() if name.startswith("media/")]


def test_what_has_more_records_than_a_page_is_whole(service: Service, client: httpx.Client) -> None:
    with looking_into(service) as connection:
        insert = (
            "INSERT INTO outbox (id, type, subject, user_id, data)"
            " SELECT gen_random_uuid(), 'media.restored', gen_random_uuid(), :user, '{}' FROM generate_series(1, 401)"
        )
        connection.execute(text(insert), {"user": user_of(client)})
    events = read(archive(client, user_of(client)), "events.json")
    assert (len(events), len({event["id"] for event in events})) == (401, 401)


def test_an_archive_is_for_the_user_and_for_administrators(
    admin: httpx.Client, client: httpx.Client, new_client: Callable[..., httpx.Client]
) -> None:
    path = f"{USERS}/{user_of(client)}/export"
    assert admin.get(path).status_code == 200
    assert new_client().get(path).json()["code"] == "not_found"
    assert new_client(role="service").get(path).json()["code"] == "not_found"
    assert new_client(scopes=["media:read"]).get(path).json()["code"] == "missing_scope"
    assert admin.get(f"{USERS}/{uuid4()}/export").json()["code"] == "not_found"


def test_of_an_erased_user_nothing_is_left_but_a_nameless_id(
    service: Service, admin: httpx.Client, client: httpx.Client, new_client: Callable[..., httpx.Client]
) -> None:
    friend, me = new_client(), user_of(client)
    photo, theirs = upload(client, "a.jpg", media.image()), upload(friend)
    wait_until(lambda: client.get(f"{MEDIA}/{photo}").json()["processing_status"] == "ready")
    for _ in range(3):
        client.delete(f"{MEDIA}/{upload(client)}")
    client.post(f"{MEDIA}/{photo}/shares", json={"user_id": user_of(friend)})
    friend.post(f"{MEDIA}/{theirs}/shares", json={"user_id": me})
    once = {"idempotency-key": uuid4().hex}
    url = service.url + client.post(f"{MEDIA}/{photo}/links", json={}, headers=once).json()["url"]
    client.post("/api/v1/webhooks", json={"url": "https://example.org/hook", "events": ["media.*"]})
    group = admin.post("/api/v1/groups", json={"name": uuid4().hex}).json()["id"]
    admin.put(f"/api/v1/groups/{group}/members/{me}")
    tus = {"tus-resumable": "1.0.0", "upload-length": "2000", "content-type": "application/offset+octet-stream"}
    tus["upload-metadata"] = "filename " + base64.b64encode(b"half.pdf").decode()
    half = client.post("/api/v1/uploads", headers=tus, content=media.PDF[:100]).headers["location"].rpartition("/")[2]
    assert list(service.data_dir.rglob(f"*{photo}*"))
    assert list(service.data_dir.rglob(f"*{half}*"))

    asked = client.post(f"{USERS}/{me}/erase", json={"name": name_of(admin, me)})
    assert (asked.status_code, asked.json().keys()) == (202, {"user_id", "job_id"})
    assert client.get(MEDIA).status_code == 401
    wait_until(lambda: name_of(admin, me) == f"erased-{me}")
    wait_until(lambda: not [*service.data_dir.rglob(f"*{photo}*"), *service.data_dir.rglob(f"*{half}*")])
    assert httpx.get(url, trust_env=False).status_code == 404
    assert friend.get(f"{MEDIA}/{photo}").status_code == 404
    assert friend.get(f"{MEDIA}/{theirs}/shares").json()["items"] == []
    assert admin.get(f"/api/v1/groups/{group}").json()["members"] == []
    with looking_into(service) as connection:
        assert rows_of(connection, me) == {}
        assert connection.execute(text(TOLD), {"id": photo}).scalar_one() == ["media.deleted", "media.purged"]
        left = connection.execute(text("SELECT * FROM users WHERE id = :id"), {"id": me}).mappings().one()
    assert (left["external_id"], left["used_bytes"], left["disabled_at"] is not None) == (None, 0, True)
    assert friend.get(f"{MEDIA}/{theirs}").status_code == 200


def rows_of(connection: Connection, user_id: str) -> dict[str, int]:
    """How many rows of each table have the user's id in their column `user_id`; tables with none are left out."""
    tables = connection.execute(
        text(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'user_id' AND table_name <> 'audit_log'"
        )
    ).scalars()
    counts = {
        table: connection.execute(
            text(f"SELECT count(*) FROM {table} WHERE user_id = :id"), {"id": user_id}
        ).scalar_one()
        for table in list(tables)
    }
    assert len(counts) >= 6
    return {table: count for table, count in counts.items() if count}


def test_to_erase_twice_is_as_once(admin: httpx.Client, client: httpx.Client) -> None:
    me = user_of(client)
    assert admin.post(f"{USERS}/{me}/erase", json={"name": name_of(admin, me)}).status_code == 202
    wait_until(lambda: name_of(admin, me) == f"erased-{me}")
    assert admin.post(f"{USERS}/{me}/erase", json={"name": f"erased-{me}"}).status_code == 202
    assert read(archive(admin, me), "user.json")[0]["name"] == f"erased-{me}"


def test_who_uploads_while_the_account_closes_leaves_nothing(
    service: Service, admin: httpx.Client, client: httpx.Client
) -> None:
    """The key is still known to the process for a moment; the last step of the upload asks the row."""
    me = user_of(client)
    with looking_into(service) as connection:
        connection.execute(text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": me})
    answer = client.post(f"{MEDIA}/upload", files={"file": ("a.pdf", media.PDF)})
    assert answer.status_code >= 400
    with looking_into(service) as connection:
        query = text("SELECT count(*) FROM media_objects WHERE user_id = :id")
        assert connection.execute(query, {"id": me}).scalar_one() == 0


def test_without_the_right_name_nobody_is_erased(admin: httpx.Client, client: httpx.Client) -> None:
    me = user_of(client)
    for caller in (admin, client):
        answer = caller.post(f"{USERS}/{me}/erase", json={"name": "somebody"})
        assert (answer.status_code, answer.json()["field"]) == (400, "name")
    assert client.get(MEDIA).status_code == 200


@pytest.mark.parametrize("role", ["user", "service"])
def test_nobody_erases_another(
    admin: httpx.Client, client: httpx.Client, new_client: Callable[..., httpx.Client], role: str
) -> None:
    me = user_of(client)
    answer = new_client(role=role).post(f"{USERS}/{me}/erase", json={"name": name_of(admin, me)})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    limited = new_client(scopes=["media:read", "media:write"])
    own = limited.post(f"{USERS}/{user_of(limited)}/erase", json={"name": name_of(admin, user_of(limited))})
    assert (own.status_code, own.json()["code"]) == (403, "missing_scope")


def test_the_last_administrator_stays(idle_service: Service) -> None:
    idle_service.start()
    with idle_service.client() as admin:
        me = admin.get(USERS).json()["items"][0]
        answer = admin.post(f"{USERS}/{me['id']}/erase", json={"name": me["name"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
        assert admin.post(USERS, json={"name": "second", "role": "admin"}).status_code == 201
        assert admin.post(f"{USERS}/{me['id']}/erase", json={"name": me["name"]}).status_code == 202
