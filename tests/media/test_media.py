"""Getting, listing, changing, deleting, restoring and purging media objects."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

MEDIA = "/api/v1/media"


def upload(client: httpx.Client, name: str = "a.jpg", content: bytes | None = None, **fields: str) -> str:
    answer = client.post(f"{MEDIA}/upload", files={"file": (name, content or media.image())}, data=fields)
    return str(answer.json()["id"])


def names(answer: httpx.Response) -> list[str]:
    return [item["original_name"] for item in answer.json()["items"]]


def test_an_understood_photo_has_thumbnails_hashes_and_colours(
    client: httpx.Client, ready: Callable[[str], dict[str, object]]
) -> None:
    body = ready(upload(client, content=media.photo(2500, 1500)))
    assert body["blurhash"]
    assert body["thumbhash"]
    assert str(body["dominant_color"]).startswith("#")
    shown = client.get(f"{MEDIA}/{body['id']}/thumbnails").json()["items"]
    assert {item["name"] for item in shown} == {"150x150", "320", "640", "1280", "2048"}
    assert {"name", "width", "height", "url"} <= shown[0].keys()
    small = client.get(shown[0]["url"])
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")


def test_metadata_has_camera_and_place_and_derived_files_do_not(
    client: httpx.Client, ready: Callable[[str], dict[str, object]]
) -> None:
    body = ready(upload(client, content=media.photo_with_camera_data(orientation=6)))
    assert (body["width"], body["height"]) == (200, 300)
    found = client.get(f"{MEDIA}/{body['id']}/metadata").json()
    assert found["exif"]["image"]["Make"] == "Acme"
    assert found["gps"] == {"latitude": 52.5, "longitude": -13.25}
    assert "secret place" in found["xmp"]
    assert len(found["palette"]) > 1
    for thumbnail in body["thumbnails"]:  # type: ignore[attr-defined]
        data = client.get(thumbnail["url"]).content
        assert thumbnail["height"] >= thumbnail["width"]
        for trace in (b"Exif", b"EXIF", b"XMP", b"Acme", b"secret", b"ICCP"):
            assert trace not in data


def test_a_video_has_a_poster_and_its_streams(client: httpx.Client, ready: Callable[[str], dict[str, object]]) -> None:
    body = ready(upload(client, "a.mp4", media.video(width=640, height=360)))
    assert [item["width"] for item in body["thumbnails"]] == [150, 320, 640]  # type: ignore[attr-defined]
    found = client.get(f"{MEDIA}/{body['id']}/metadata").json()
    assert found["streams"][0]["codec"] == "h264"
    assert found["streams"][0]["frame_rate"] == "25/1"


@pytest.mark.parametrize("path", ["", "/metadata", "/thumbnails", "/download"])
def test_what_is_missing_deleted_or_anothers_is_not_found(
    client: httpx.Client, new_client: Callable[..., httpx.Client], path: str
) -> None:
    mine, deleted = upload(client), upload(client)
    client.delete(f"{MEDIA}/{deleted}")
    other = new_client()
    for caller, media_id in ((client, str(uuid4())), (client, deleted), (other, mine)):
        answer = caller.get(f"{MEDIA}/{media_id}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert other.patch(f"{MEDIA}/{mine}", json={"tags": []}).status_code == 404
    assert other.delete(f"{MEDIA}/{mine}").status_code == 404
    assert other.delete(f"{MEDIA}/{mine}", params={"purge": "true"}).status_code == 404
    assert client.get(f"{MEDIA}/{mine}{path}").status_code == 200


def test_an_administrator_sees_everybodys_when_asked_for(admin: httpx.Client, client: httpx.Client) -> None:
    mine = upload(client)
    assert admin.get(f"{MEDIA}/{mine}").status_code == 200
    assert mine in [item["id"] for item in admin.get(MEDIA, params={"scope": "all"}).json()["items"]]
    assert client.get(MEDIA, params={"scope": "all"}).status_code == 403


def test_pages_follow_each_other_without_gap_or_repeat(client: httpx.Client) -> None:
    wanted = [upload(client, f"{n}.pdf", media.PDF) for n in range(7)]
    for sort, expected in (("created_at", wanted), ("-created_at", wanted[::-1]), ("original_name", wanted)):
        found: list[str] = []
        cursor: str | None = None
        while True:
            query: dict[str, str] = {"limit": "3", "sort": sort} | ({"cursor": cursor} if cursor else {})
            page = client.get(MEDIA, params=query).json()
            found += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found == expected


def test_an_offset_answers_in_the_shape_of_the_first_contract(client: httpx.Client) -> None:
    for n in range(3):
        upload(client, f"{n}.jpg")
    upload(client, "d.pdf", media.PDF)
    body = client.get(MEDIA, params={"media_type": "image", "limit": 2, "offset": 2}).json()
    assert (body["total"], body["limit"], body["offset"], len(body["media"])) == (3, 2, 2, 1)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "document"}, {"report.pdf", "large.pdf"}),
        ({"tag": "sea"}, {"beach.jpg"}),
        ({"tag": ["sea", "sun"]}, {"beach.jpg"}),
        ({"tag": ["sea", "snow"]}, set()),
        ({"visibility": "public"}, {"report.pdf"}),
        ({"name": "BEA"}, {"beach.jpg"}),
        ({"name": "%"}, set()),
        ({"min_size": 100_000}, {"large.pdf"}),
        ({"max_size": 200}, {"report.pdf"}),
        ({"created_before": "2020-01-01T00:00:00Z"}, set()),
        ({"created_after": "2020-01-01T00:00:00Z"}, {"beach.jpg", "report.pdf", "large.pdf"}),
    ],
)
def test_a_filter_leaves_only_what_fits(client: httpx.Client, query: dict[str, str], expected: set[str]) -> None:
    upload(client, "beach.jpg", tags="sea,sun")
    upload(client, "report.pdf", media.PDF, visibility="public")
    upload(client, "large.pdf", media.PDF + bytes(200_000))
    assert set(names(client.get(MEDIA, params=query))) == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1000}, "limit"),
        ({"offset": -1}, "offset"),
        ({"cursor": "rubbish"}, "cursor"),
        ({"cursor": "WzEsMiwzXQ"}, "cursor"),
        ({"status": "lost"}, "status"),
        ({"sort": "colour"}, "sort"),
        ({"limit": "many"}, "limit"),
        ({"created_after": "2026-01-01T00:00:00"}, "created_after"),
        ({"created_after": "0001-01-01T00:00:00+14:00"}, "created_after"),
    ],
)
def test_a_wrong_parameter_is_named(client: httpx.Client, query: dict[str, str], field: str) -> None:
    answer = client.get(MEDIA, params=query)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_a_cursor_of_another_order_is_refused(client: httpx.Client) -> None:
    upload(client), upload(client)
    cursor = client.get(MEDIA, params={"limit": 1}).json()["next_cursor"]
    answer = client.get(MEDIA, params={"cursor": cursor, "sort": "size_bytes"})
    assert answer.json()["field"] == "cursor"


def test_a_change_counts_up_the_version_and_is_guarded_by_it(client: httpx.Client) -> None:
    media_id = upload(client, "d.pdf", media.PDF)
    wait_until(lambda: client.get(f"{MEDIA}/{media_id}").json()["processing_status"] == "ready")
    etag = client.get(f"{MEDIA}/{media_id}").headers["etag"]
    changes = {"original_name": "../new name.pdf", "tags": ["x"], "visibility": "public", "metadata": {"a": [1]}}
    changed = client.patch(f"{MEDIA}/{media_id}", json=changes, headers={"if-match": etag})
    assert changed.status_code == 200
    assert changed.json() | changes | {"original_name": "new name.pdf"} == changed.json()
    assert changed.headers["etag"] != etag
    late = client.patch(f"{MEDIA}/{media_id}", json={"tags": []}, headers={"if-match": etag})
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert client.get(f"{MEDIA}/{media_id}").json()["tags"] == ["x"]


@pytest.mark.parametrize(
    "changes", [{"size_bytes": 1}, {"tags": "a"}, {"visibility": "secret"}, {"metadata": []}, {"tags": ["x" * 101]}]
)
def test_a_wrong_change_is_refused(client: httpx.Client, changes: dict[str, object]) -> None:
    answer = client.patch(f"{MEDIA}/{upload(client)}", json=changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_deleted_object_is_hidden_listed_apart_and_restored(client: httpx.Client) -> None:
    media_id = upload(client)
    answer = client.delete(f"{MEDIA}/{media_id}")
    assert (answer.status_code, answer.json()["status"]) == (200, "deleted")
    assert client.get(f"{MEDIA}/{media_id}").status_code == 404
    assert names(client.get(MEDIA)) == []
    assert names(client.get(MEDIA, params={"status": "deleted"})) == ["a.jpg"]
    assert client.post(f"{MEDIA}/{media_id}/restore").json()["status"] == "active"
    assert names(client.get(MEDIA)) == ["a.jpg"]
    again = client.post(f"{MEDIA}/{media_id}/restore")
    assert (again.status_code, again.json()["code"]) == (409, "not_deleted")


@pytest.mark.parametrize("deleted_before", [False, True])
def test_a_purge_removes_row_and_bytes(
    client: httpx.Client, service: Service, ready: Callable[[str], dict[str, object]], deleted_before: bool
) -> None:
    media_id = upload(client)
    ready(media_id)
    assert len(list(service.data_dir.rglob(f"*{media_id}*"))) == 3
    if deleted_before:
        client.delete(f"{MEDIA}/{media_id}")
    assert client.delete(f"{MEDIA}/{media_id}", params={"purge": "true"}).json()["status"] == "purged"
    assert client.post(f"{MEDIA}/{media_id}/restore").status_code == 404
    wait_until(lambda: not list(service.data_dir.rglob(f"*{media_id}*")))


def test_what_was_deleted_long_ago_is_purged_by_itself(own_service: Service) -> None:
    own_service.settings = {"MEDIAWORKS_MEDIA_PURGE_AFTER_DAYS": "0.00001"}
    own_service.start()
    with own_service.client() as admin:
        media_id = upload(admin)
        admin.delete(f"{MEDIA}/{media_id}")
    own_service.stop()
    own_service.start()
    assert wait_until(lambda: not list(own_service.data_dir.rglob(f"*{media_id}*")))


def test_views_and_downloads_are_counted_without_a_write_each(
    client: httpx.Client, ready: Callable[[str], dict[str, object]]
) -> None:
    media_id = upload(client, "d.pdf", media.PDF)
    ready(media_id)
    for _ in range(5):
        client.get(f"{MEDIA}/{media_id}")
        client.get(f"{MEDIA}/{media_id}/download")
    client.get(f"{MEDIA}/{media_id}/download", headers={"range": "bytes=5-9"})
    client.head(f"{MEDIA}/{media_id}/download")
    body = wait_until(lambda: (b := client.get(f"{MEDIA}/{media_id}").json())["download_count"] >= 5 and b)
    assert body["download_count"] == 5
    assert body["view_count"] >= 5
