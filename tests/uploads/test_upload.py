"""POST /api/v1/media/upload with files that are as they should be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service

UPLOAD = "/api/v1/media/upload"


def stored_files(service: Service, media_id: str) -> list[str]:
    return sorted(str(p.relative_to(service.data_dir / "blobs")) for p in service.data_dir.rglob(f"*{media_id}*"))


def test_one_file_answers_with_its_media_object(client: httpx.Client) -> None:
    photo = media.image(".jpg", 320, 200)
    answer = client.post(UPLOAD, files={"file": ("Größe 1.jpg", photo)})
    assert answer.status_code == 201
    body = answer.json()
    assert body["original_name"] == "Größe 1.jpg"
    assert (body["kind"], body["mime_type"], body["status"]) == ("image", "image/jpeg", "active")
    assert (body["width"], body["height"], body["size_bytes"]) == (320, 200, len(photo))
    assert body["sha256"] == hashlib.sha256(photo).hexdigest()
    assert body["user_id"] == client.headers["x-test-user"]


def test_the_answer_carries_the_names_of_the_first_contract(client: httpx.Client) -> None:
    body = client.post(UPLOAD, files={"file": ("a.png", media.image(".png"))}).json()
    assert body["media_id"] == body["id"]
    assert (body["file_size"], body["media_type"]) == (body["size_bytes"], "image")
    assert body["url"] == body["links"]["original"]
    assert {"thumbnail_url", "width", "height", "mime_type", "processing_status", "blurhash"} <= body.keys()


def test_fields_before_and_after_the_file_are_taken(client: httpx.Client) -> None:
    fields = {"tags": '["sea", "sea", "sun"]', "visibility": "unlisted", "metadata": '{"trip": {"year": 2026}}'}
    body = client.post(UPLOAD, data=fields, files={"file": ("a.jpg", media.image())}).json()
    assert body["tags"] == ["sea", "sun"]
    assert body["visibility"] == "unlisted"
    assert body["metadata"] == {"trip": {"year": 2026}}


def test_several_files_answer_each_with_its_own_result(client: httpx.Client) -> None:
    files = [
        ("file", ("a.jpg", media.image())),
        ("file", ("b.exe", b"MZ" + bytes(500))),
        ("file", ("c.pdf", media.PDF)),
    ]
    answer = client.post(UPLOAD, files=files)
    first, second, third = answer.json()["items"]
    assert answer.status_code == 201
    assert (first["kind"], third["kind"]) == ("image", "document")
    assert (second["error"]["status"], second["error"]["code"]) == (415, "unsupported_type")


@pytest.mark.parametrize(
    ("name", "content", "mime", "kind"),
    [
        ("a", media.image(".png"), "image/png", "image"),
        ("b", media.image(".webp"), "image/webp", "image"),
        ("c", media.animation(), "image/gif", "image"),
        ("d", media.image(".avif"), "image/avif", "image"),
        ("e", media.image(".tiff"), "image/tiff", "image"),
        ("f", media.bmp(), "image/bmp", "image"),
        ("g", media.SVG, "image/svg+xml", "document"),
        ("h", media.video("mp4"), "video/mp4", "video"),
        ("i", media.video("mov"), "video/quicktime", "video"),
        ("j", media.video("matroska"), "video/x-matroska", "video"),
        ("k", media.video("webm"), "video/webm", "video"),
        ("l", media.video("avi"), "video/x-msvideo", "video"),
        ("m", media.audio("mp3"), "audio/mpeg", "audio"),
        ("n", media.audio("ipod"), "audio/mp4", "audio"),
        ("o", media.audio("adts"), "audio/aac", "audio"),
        ("p", media.audio("flac"), "audio/flac", "audio"),
        ("q", media.audio("wav"), "audio/wav", "audio"),
        ("r", media.audio("ogg"), "audio/ogg", "audio"),
        ("s", media.audio("opus"), "audio/opus", "audio"),
        ("t", media.PDF, "application/pdf", "document"),
    ],
)
def test_every_allowed_type_is_known_by_its_content_and_understood(
    client: httpx.Client,
    ready: Callable[[str], dict[str, object]],
    name: str,
    content: bytes,
    mime: str,
    kind: str,
) -> None:
    """Name and declared type say something else each time: neither counts."""
    body = client.post(UPLOAD, files={"file": (f"{name}.txt", content, "text/plain")}).json()
    assert (body["mime_type"], body["kind"]) == (mime, kind)
    assert ready(body["id"])["processing_status"] == "ready"


def test_a_video_answers_with_its_duration_at_once(client: httpx.Client) -> None:
    body = client.post(UPLOAD, files={"file": ("a.mp4", media.video(seconds=2, rate=25))}).json()
    assert (body["width"], body["height"], body["fps"]) == (128, 72, 25.0)
    assert body["duration"] == pytest.approx(2.0, abs=0.1)


def test_a_form_that_arrives_byte_by_byte_is_the_same_upload(client: httpx.Client) -> None:
    photo = media.image(".png", 40, 30)
    request = client.build_request("POST", UPLOAD, files={"file": ("a.png", photo)})
    whole = request.read()
    answer = client.post(
        UPLOAD,
        content=(whole[i : i + 7] for i in range(0, len(whole), 7)),
        headers={"content-type": request.headers["content-type"]},
    )
    assert answer.status_code == 201
    assert answer.json()["sha256"] == hashlib.sha256(photo).hexdigest()


def test_two_identical_uploads_at_once_are_two_objects(client: httpx.Client, service: Service) -> None:
    photo = media.photo(800, 600)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: client.post(UPLOAD, files={"file": ("a.jpg", photo)}), range(2)))
    first, second = (answer.json() for answer in answers)
    assert first["id"] != second["id"]
    assert first["sha256"] == second["sha256"]
    for body in (first, second):
        assert client.get(f"/api/v1/media/{body['id']}/download").content == photo


def test_a_large_file_comes_back_bit_by_bit(client: httpx.Client, service: Service) -> None:
    content = media.PDF + bytes(range(256)) * 80_000 + b"odd"
    body = client.post(UPLOAD, files={"file": ("a.pdf", content)}).json()
    assert body["sha256"] == hashlib.sha256(content).hexdigest()
    assert hashlib.sha256(client.get(f"/api/v1/media/{body['id']}/download").content).hexdigest() == body["sha256"]


def test_an_upload_tells_of_itself_in_the_outbox_and_the_queue(client: httpx.Client, service: Service) -> None:
    from sqlalchemy import create_engine, make_url, text

    body = client.post(UPLOAD, files={"file": ("a.jpg", media.image())}).json()
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        events = connection.execute(text("SELECT type, data FROM outbox WHERE subject = :id"), {"id": body["id"]}).all()
        jobs = connection.execute(text("SELECT task FROM jobs WHERE subject = :id"), {"id": body["id"]}).all()
    engine.dispose()
    assert events[0].type == "media.uploaded"
    assert events[0].data["sha256"] == body["sha256"]
    assert [job.task for job in jobs] == ["media.understand"]
    assert json.dumps(events[0].data)
