"""What is told of uploads that are over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mediaworks.testing.service import wait_until

PDF = b"%PDF-1.7\n"


@pytest.fixture
def told(client: httpx.Client) -> Callable[..., list[dict[str, Any]]]:
    """Waits until so many events are told of an upload, and returns all of them in order."""

    def ask(upload_id: str, count: int = 1) -> list[dict[str, Any]]:
        def events() -> list[dict[str, Any]] | None:
            parameters = {"subject": upload_id, "order": "oldest", "types": "upload.*,media.uploaded"}
            found: list[dict[str, Any]] = client.get("/api/v1/events/history", params=parameters).json()["items"]
            return found if len(found) >= count else None

        return wait_until(events)

    return ask


def begin(client: httpx.Client, length: int) -> str:
    headers = {"tus-resumable": "1.0.0", "upload-length": str(length), "upload-metadata": "filename YS5wZGY="}
    answer = client.post("/api/v1/uploads", headers=headers).raise_for_status()
    return answer.headers["location"].rpartition("/")[2]


def send(client: httpx.Client, upload_id: str, content: bytes) -> httpx.Response:
    headers = {"tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream"}
    return client.patch(f"/api/v1/uploads/{upload_id}", content=content, headers=headers)


def test_an_upload_that_became_a_media_object_tells_which(
    client: httpx.Client, told: Callable[..., list[dict[str, Any]]]
) -> None:
    upload_id = begin(client, len(PDF))
    send(client, upload_id, PDF).raise_for_status()
    events = told(upload_id, 2)
    assert [event["type"] for event in events] == ["media.uploaded", "upload.completed"]
    expected = {"protocol": "tus", "name": "a.pdf", "received": len(PDF), "length": len(PDF), "media_id": upload_id}
    assert events[1]["data"] == expected


def test_one_request_that_went_well_is_told_of_once(
    client: httpx.Client, told: Callable[..., list[dict[str, Any]]]
) -> None:
    media_id = client.post("/api/v1/media/upload", files={"file": ("a.pdf", PDF)}).json()["id"]
    assert [event["type"] for event in told(media_id)] == ["media.uploaded"]


def test_an_upload_that_is_refused_tells_why(client: httpx.Client, told: Callable[..., list[dict[str, Any]]]) -> None:
    upload_id = begin(client, 4)
    assert send(client, upload_id, b"nope").status_code == 415
    (event,) = told(upload_id)
    assert (event["type"], event["data"]["code"]) == ("upload.failed", "unsupported_type")


def test_an_upload_that_is_given_up_is_told_of(client: httpx.Client, told: Callable[..., list[dict[str, Any]]]) -> None:
    upload_id = begin(client, 100)
    client.delete(f"/api/v1/uploads/{upload_id}", headers={"tus-resumable": "1.0.0"}).raise_for_status()
    assert [event["type"] for event in told(upload_id)] == ["upload.aborted"]
