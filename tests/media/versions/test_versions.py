"""What a media object was before is kept, counted, given to those who may see it, and comes back."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

MEDIA = "/api/v1/media"
PROCESS = "/api/v1/process"
Ready = Callable[[str], dict[str, Any]]


@contextmanager
def looking_into(service: Service) -> Iterator[Connection]:
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def picture(client: httpx.Client, ready: Ready) -> dict[str, Any]:
    """An understood picture of 320×200."""
    answer = client.post(f"{MEDIA}/upload", files={"file": ("beach.jpg", media.image())})
    return ready(answer.json()["id"])


def change(client: httpx.Client, media_id: str, width: int = 80, **more: Any) -> httpx.Response:
    recipe = {"operations": [{"type": "resize", "width": width}], "mode": "version"}
    return client.post(f"{PROCESS}/{media_id}", json=recipe | more.pop("body", {}), **more)


def versions(client: httpx.Client, media_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(f"{MEDIA}/{media_id}/versions").json()["items"]
    return items


def used(client: httpx.Client) -> int:
    return int(client.get(f"/api/v1/users/{client.headers['x-test-user']}").json()["used_bytes"])


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_object_that_was_never_changed_is_its_first_version(client: httpx.Client, picture: dict[str, Any]) -> None:
    (first,) = versions(client, picture["id"])
    assert (first["number"], first["is_current"], first["sha256"]) == (1, True, picture["sha256"])
    assert client.get(first["download"]).content == media.image()


def test_a_changed_object_has_other_bytes_and_keeps_what_it_was(
    client: httpx.Client, picture: dict[str, Any], ready: Ready
) -> None:
    answer = change(client, picture["id"], body={"output": {"format": "webp"}})
    changed = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, f'"{changed["version"]}"')
    assert (changed["id"], changed["width"], changed["mime_type"]) == (picture["id"], 80, "image/webp")
    assert changed["original_name"] == "beach.webp"
    assert changed["version"] > picture["version"]
    now, before = versions(client, picture["id"])
    assert (now["number"], now["is_current"], before["number"], before["is_current"]) == (2, True, 1, False)
    assert (now["sha256"], before["sha256"]) == (changed["sha256"], picture["sha256"])
    assert now["recipe"]["operations"][0]["width"] == 80
    former = client.get(before["download"])
    assert (former.content, former.headers["content-type"]) == (media.image(), "image/jpeg")
    assert 'filename="beach.jpg"' in former.headers["content-disposition"]
    assert client.get(f"{MEDIA}/{picture['id']}/download").content == client.get(now["download"]).content
    assert ready(picture["id"])["processing_status"] == "ready"


def test_hash_and_thumbnails_follow_and_the_former_ones_are_gone_at_once(
    service: Service, client: httpx.Client, picture: dict[str, Any], ready: Ready
) -> None:
    stale = client.get(picture["thumbnail_url"])
    assert stale.status_code == 200
    cut = {"operations": [{"type": "crop", "x": 0, "y": 0, "width": 40, "height": 120}]}
    changed = change(client, picture["id"], body=cut).json()
    assert (changed["processing_status"], changed["thumbnails"]) == ("pending", [])
    assert (changed["blurhash"], changed["dominant_color"]) == (None, None)
    understood = ready(picture["id"])
    assert understood["blurhash"] not in {None, picture["blurhash"]}
    small = {item["name"]: item for item in understood["thumbnails"]}["320"]
    assert (small["width"], small["height"]) == (40, 120)
    fresh = client.get(small["url"])
    assert (fresh.status_code, fresh.headers["etag"] == stale.headers["etag"]) == (200, False)
    folder = service.data_dir / "blobs" / "variants" / picture["id"][-2:]
    wait_until(lambda: len(list(folder.glob(f"{picture['id']}*"))) == len(understood["thumbnails"]))


def test_who_has_the_former_bytes_in_a_cache_learns_that_they_are_former(
    client: httpx.Client, picture: dict[str, Any]
) -> None:
    path = f"{MEDIA}/{picture['id']}/download"
    first = client.get(path)
    change(client, picture["id"])
    for condition in ({"if-none-match": first.headers["etag"]}, {"if-match": first.headers["etag"]}):
        answer = client.get(path, headers=condition)
        assert answer.status_code == (200 if "if-none-match" in condition else 412)


def test_a_version_comes_back_as_a_new_one_and_costs_nothing(
    client: httpx.Client, picture: dict[str, Any], ready: Ready
) -> None:
    changed = change(client, picture["id"]).json()
    both = used(client)
    assert both == picture["size_bytes"] + changed["size_bytes"]
    answer = client.post(f"{MEDIA}/{picture['id']}/versions/1/restore")
    back = answer.json()
    assert (answer.status_code, back["sha256"], back["width"]) == (200, picture["sha256"], 320)
    assert client.get(f"{MEDIA}/{picture['id']}/download").content == media.image()
    found = versions(client, picture["id"])
    assert [(one["number"], one["is_current"]) for one in found] == [(3, True), (2, False), (1, False)]
    assert found[0]["recipe"] == {"restored": 1}
    assert used(client) == both
    assert ready(picture["id"])["blurhash"] == picture["blurhash"]


def test_a_version_that_is_removed_is_gone_with_its_bytes_unless_another_shares_them(
    service: Service, client: httpx.Client, picture: dict[str, Any]
) -> None:
    changed = change(client, picture["id"]).json()
    client.post(f"{MEDIA}/{picture['id']}/versions/1/restore")
    assert client.delete(f"{MEDIA}/{picture['id']}/versions/1").status_code == 204
    assert used(client) == picture["size_bytes"] + changed["size_bytes"]
    assert client.get(f"{MEDIA}/{picture['id']}/download").content == media.image()
    assert client.delete(f"{MEDIA}/{picture['id']}/versions/2").status_code == 204
    assert used(client) == picture["size_bytes"]
    assert [one["number"] for one in versions(client, picture["id"])] == [3]
    assert code(client.get(f"{MEDIA}/{picture['id']}/versions/2/download")) == (404, "version_not_found")
    folder = service.data_dir / "blobs" / "originals" / picture["id"][-2:]
    wait_until(lambda: len(list(folder.glob(f"{picture['id']}*"))) == 1)


def test_what_the_object_is_now_can_neither_be_removed_nor_restored(
    client: httpx.Client, picture: dict[str, Any]
) -> None:
    for numbered in ("versions/1", "versions/2"):
        path = f"{MEDIA}/{picture['id']}/{numbered}"
        assert code(client.delete(path)) == (409, "current_version")
        assert code(client.post(f"{path}/restore")) == (409, "current_version")
        change(client, picture["id"])
    assert code(client.delete(f"{MEDIA}/{picture['id']}/versions/9")) == (404, "version_not_found")


def test_a_change_that_knows_an_older_object_is_refused(client: httpx.Client, picture: dict[str, Any]) -> None:
    old = {"if-match": f'"{picture["version"]}"'}
    assert change(client, picture["id"], headers=old).status_code == 200
    answers = [
        change(client, picture["id"], headers=old),
        client.post(f"{MEDIA}/{picture['id']}/versions/1/restore", headers=old),
        client.delete(f"{MEDIA}/{picture['id']}/versions/1", headers=old),
    ]
    assert {code(answer) for answer in answers} == {(412, "precondition_failed")}
    assert len(versions(client, picture["id"])) == 2


def test_a_version_over_the_quota_is_refused_and_changes_nothing(
    service: Service, admin: httpx.Client, client: httpx.Client, picture: dict[str, Any]
) -> None:
    admin.patch(f"/api/v1/users/{client.headers['x-test-user']}", json={"quota_bytes": used(client) + 10})
    assert code(change(client, picture["id"])) == (413, "quota_exceeded")
    assert client.get(f"{MEDIA}/{picture['id']}").json()["sha256"] == picture["sha256"]
    assert (used(client), len(versions(client, picture["id"]))) == (picture["size_bytes"], 1)
    folder = service.data_dir / "blobs" / "originals" / picture["id"][-2:]
    wait_until(lambda: len(list(folder.glob(f"{picture['id']}*"))) == 1)


def test_a_purge_removes_every_version_and_gives_their_bytes_back(
    service: Service, client: httpx.Client, picture: dict[str, Any]
) -> None:
    for width in (80, 60):
        change(client, picture["id"], width)
    client.post(f"{MEDIA}/{picture['id']}/versions/1/restore")
    client.delete(f"{MEDIA}/{picture['id']}", params={"purge": "true"})
    assert used(client) == 0
    for folder in ("originals", "variants"):
        found = service.data_dir / "blobs" / folder / picture["id"][-2:]
        wait_until(lambda found=found: not list(Path(found).glob(f"{picture['id']}*")))  # type: ignore[misc]


def test_the_archive_of_a_user_has_every_version_and_an_erasure_leaves_none(
    service: Service, admin: httpx.Client, client: httpx.Client, picture: dict[str, Any]
) -> None:
    change(client, picture["id"])
    client.post(f"{MEDIA}/{picture['id']}/versions/1/restore")
    user_id = client.headers["x-test-user"]
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/api/v1/users/{user_id}/export").content))
    changed = client.get(f"{MEDIA}/{picture['id']}/versions/2/download").content
    assert archive.read(f"media/{picture['id']}/beach.jpg") == media.image()
    assert archive.read(f"media/{picture['id']}/versions/2.jpg") == changed
    (told,) = json.loads(archive.read("media.json"))
    assert sorted(version["number"] for version in told["versions"]) == [1, 2, 3]
    name = next(user["name"] for user in admin.get("/api/v1/users").json()["items"] if user["id"] == user_id)
    admin.post(f"/api/v1/users/{user_id}/erase", json={"name": name})
    folder = service.data_dir / "blobs" / "originals" / picture["id"][-2:]
    wait_until(lambda: not list(folder.glob(f"{picture['id']}*")))
    assert admin.get(f"/api/v1/users/{user_id}").json()["used_bytes"] == 0


def test_former_versions_are_for_those_who_may_edit(
    client: httpx.Client, new_client: Callable[..., httpx.Client], picture: dict[str, Any]
) -> None:
    change(client, picture["id"])
    guest = new_client()
    former = f"{MEDIA}/{picture['id']}/versions"
    for access, status in (("view", 403), ("edit", 200)):
        share = {"user_id": guest.headers["x-test-user"], "access": access}
        client.post(f"{MEDIA}/{picture['id']}/shares", json=share)
        assert guest.get(f"{MEDIA}/{picture['id']}/download").status_code == 200
        assert {guest.get(former).status_code, guest.get(f"{former}/1/download").status_code} == {status}
    before = used(client)
    assert change(guest, picture["id"], 50).status_code == 200
    assert (used(guest), used(client) > before) == (0, True)
    assert code(guest.delete(f"{former}/1")) == (403, "owner_only")


def test_what_is_in_quarantine_has_no_versions_for_anybody(
    service: Service, client: httpx.Client, picture: dict[str, Any]
) -> None:
    with looking_into(service) as connection:
        put_away = "UPDATE media_objects SET status = 'quarantined', quarantine = 'virus' WHERE id = :id"
        connection.execute(text(put_away), {"id": picture["id"]})
    path = f"{MEDIA}/{picture['id']}/versions/1"
    answers = [client.get(f"{path}/download"), client.post(f"{path}/restore"), client.delete(path)]
    answers += [change(client, picture["id"]), change(client, picture["id"], body={"mode": "sync"})]
    assert {code(answer) for answer in answers} == {(403, "quarantined")}


def test_changes_of_one_object_that_are_asked_for_at_once_build_on_one_another(
    client: httpx.Client, picture: dict[str, Any]
) -> None:
    recipes = [[{"type": "rotate", "angle": 90}], [{"type": "resize", "width": 100}], [{"type": "rotate", "angle": 90}]]
    for operations in recipes:
        body = {"operations": operations, "into": "version"}
        assert client.post(f"{PROCESS}/{picture['id']}", json=body).status_code == 202
    wait_until(lambda: len(versions(client, picture["id"])) == 4)
    found = client.get(f"{MEDIA}/{picture['id']}").json()
    assert {found["width"], found["height"]} == {100, 160}


def test_each_change_is_told_of(client: httpx.Client, picture: dict[str, Any]) -> None:
    change(client, picture["id"])
    client.delete(f"{MEDIA}/{picture['id']}/versions/1")
    query = {"subject": picture["id"], "types": "media.version_added,media.version_deleted", "order": "oldest"}

    def told() -> list[tuple[str, int]] | None:
        items = client.get("/api/v1/events/history", params=query).json()["items"]
        return [(item["type"], item["data"]["number"]) for item in items] if len(items) == 2 else None

    assert wait_until(told) == [("media.version_added", 2), ("media.version_deleted", 1)]


def test_the_list_comes_in_pages(client: httpx.Client, picture: dict[str, Any]) -> None:
    for width in (80, 60):
        change(client, picture["id"], width)
    path = f"{MEDIA}/{picture['id']}/versions"
    first = client.get(path, params={"limit": 2}).json()
    rest = client.get(path, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["number"] for one in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None
    assert code(client.get(path, params={"limit": 0})) == (400, "invalid")
