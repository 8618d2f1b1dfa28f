"""The streaming endpoints of the first contract: fields, several files, limits and progress."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

ROOT = "/api/v1/streaming/upload"
FIELDS = {
    "request_number": "250926-001",
    "category": "request_photo",
    "description": "A pipe that leaks",
    "uploaded_by": "42",
    "tags": '["pipe", "cellar"]',
}


def refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    return problem


def files(*contents: bytes, field: str = "files") -> list[tuple[str, tuple[str, bytes]]]:
    return [(field, (f"{place}.bin", content)) for place, content in enumerate(contents)]


def test_a_file_keeps_the_fields_of_its_form(client: httpx.Client) -> None:
    content = media.image()
    answer = client.post(f"{ROOT}/stream", data=FIELDS, files={"file": ("a.jpg", content)})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["success"], made["media_file_id"], made["filename"]) == (True, made["id"], "a.jpg")
    assert (made["file_size"], made["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert made["message"]
    assert (made["request_number"], made["tags"]) == ("250926-001", ["pipe", "cellar"])
    assert made["metadata"] == {
        "category": "request_photo",
        "description": "A pipe that leaks",
        "uploaded_by": "42",
    }
    assert client.get(f"/api/v1/media/{made['id']}/download").content == content


def test_fields_may_stand_behind_the_file_and_tags_may_be_comma_separated(client: httpx.Client) -> None:
    parts = [
        ("file", ("a.jpg", media.image())),
        ("tags", (None, b"pipe, cellar")),
        ("request_number", (None, b"7")),
    ]
    made = client.post(f"{ROOT}/stream", files=parts).json()
    assert (made["tags"], made["request_number"]) == (["pipe", "cellar"], "7")


def test_the_list_finds_a_request_number(client: httpx.Client, new_client: Callable[..., httpx.Client]) -> None:
    number = uuid4().hex
    wanted = client.post(f"{ROOT}/stream", data={"request_number": number}, files=files(media.image(), field="file"))
    client.post(f"{ROOT}/stream", data={"request_number": "other"}, files=files(media.PDF, field="file"))
    found = client.get("/api/v1/media", params={"request_number": number}).json()["items"]
    assert [item["id"] for item in found] == [wanted.json()["id"]]
    assert new_client().get("/api/v1/media", params={"request_number": number}).json()["items"] == []


@pytest.mark.parametrize("number", ["x" * 101, "a\tb"])
def test_a_request_number_that_cannot_be_is_refused(client: httpx.Client, number: str) -> None:
    answer = client.post(f"{ROOT}/stream", data={"request_number": number}, files=files(media.PDF, field="file"))
    assert refusal(answer, 400, "invalid")["field"] == "request_number"
    assert client.get("/api/v1/media").json()["items"] == []


def test_a_bad_file_is_refused_by_its_own_code(client: httpx.Client) -> None:
    refusal(client.post(f"{ROOT}/stream", files=files(b"\x7fELF" + bytes(99), field="file")), 415, "unsupported_type")
    refusal(client.post(f"{ROOT}/stream", files=files(b"", field="file")), 400, "empty_file")
    refusal(client.post(f"{ROOT}/stream", data={"tags": "a"}, files={"x": (None, b"")}), 400, "missing_file")


def test_one_address_takes_one_file(client: httpx.Client) -> None:
    answer = client.post(f"{ROOT}/stream", files=files(media.PDF, media.PDF, field="file"))
    refusal(answer, 413, "too_many_files")
    assert client.get("/api/v1/media").json()["items"] == []


@pytest.mark.parametrize("path", ["/multiple", "/stream/multiple"])
def test_among_several_files_each_has_its_own_success(client: httpx.Client, path: str) -> None:
    contents = (media.image(), b"\x7fELF" + bytes(9000), media.PDF)
    answer = client.post(f"{ROOT}{path}", data=FIELDS, files=files(*contents))
    body = answer.json()
    assert (answer.status_code, body["success"], body["successful"], body["failed"], body["total"]) == (
        201,
        False,
        2,
        1,
        3,
    )
    first, second, third = body["results"]
    assert [one["success"] for one in body["results"]] == [True, False, True]
    assert second["error"]["code"] == "unsupported_type"
    assert second["message"]
    assert first["request_number"] == third["request_number"] == FIELDS["request_number"]
    assert {first["media_file_id"], third["id"]} == {item["id"] for item in client.get("/api/v1/media").json()["items"]}


def test_when_every_file_is_bad_the_answer_is_a_refusal(client: httpx.Client) -> None:
    answer = client.post(f"{ROOT}/multiple", files=files(b"\x7fELF", b"\x7fELF"))
    assert (answer.status_code, answer.json()["successful"]) == (415, 0)


def test_ten_files_are_taken_and_eleven_are_not(client: httpx.Client) -> None:
    assert client.post(f"{ROOT}/multiple", files=files(*[media.PDF] * 10)).json()["successful"] == 10
    refusal(client.post(f"{ROOT}/multiple", files=files(*[media.PDF] * 11)), 413, "too_many_files")
    assert len(client.get("/api/v1/media").json()["items"]) == 10


def test_the_limits_are_told_to_everybody(service: Service, client: httpx.Client) -> None:
    told = httpx.get(f"{service.url}{ROOT}/limits", trust_env=False).json()
    assert told["max_file_size"] == 32 << 20
    assert (told["max_files_per_request"], told["streaming_available"], told["chunk_size"]) == (10, True, 5 << 20)
    assert {"image/jpeg", "video/mp4", "application/pdf"} <= set(told["allowed_file_types"])


def test_a_key_is_needed_for_the_rest(service: Service) -> None:
    with httpx.Client(base_url=service.url, trust_env=False) as nobody:
        for answer in (
            nobody.post(f"{ROOT}/stream", files=files(media.PDF, field="file")),
            nobody.post(f"{ROOT}/multiple", files=files(media.PDF)),
            nobody.get(f"{ROOT}/progress", params={"upload_id": str(uuid4())}),
        ):
            refusal(answer, 401, "missing_key")


def test_a_bearer_token_does_as_well(service: Service, client: httpx.Client) -> None:
    headers = {"authorization": f"Bearer {client.headers['x-api-key']}"}
    with httpx.Client(base_url=service.url, trust_env=False, headers=headers) as bearer:
        assert bearer.post(f"{ROOT}/stream", files=files(media.PDF, field="file")).status_code == 201


class SlowUpload:
    """A tus upload that comes by and by."""

    def __init__(self, service: Service, client: httpx.Client, content: bytes) -> None:
        head = {"tus-resumable": "1.0.0", "upload-length": str(len(content))}
        made = client.post("/api/v1/uploads", headers=head)
        self.id = made.headers["location"].rpartition("/")[2]
        self._rest = content
        self._socket = socket.create_connection(("127.0.0.1", service.port))
        lines = [
            f"PATCH /api/v1/uploads/{self.id} HTTP/1.1", "Host: x", "Tus-Resumable: 1.0.0", "Upload-Offset: 0",
            "Content-Type: application/offset+octet-stream", f"Content-Length: {len(content)}",
            f"X-API-Key: {client.headers['x-api-key']}", "", "",
        ]  # fmt: skip
        self._socket.sendall("\r\n".join(lines).encode())

    def drip(self, size: int) -> None:
        self._socket.sendall(self._rest[:size])
        self._rest = self._rest[size:]

    def finish(self) -> None:
        self.drip(len(self._rest))
        assert self._socket.recv(1000).split()[1] == b"204"
        self._socket.close()


@pytest.mark.parametrize("path", ["/progress", "/stream/progress"])
def test_progress_is_told_while_an_upload_goes_on(service: Service, client: httpx.Client, path: str) -> None:
    content = media.PDF + os.urandom(600_000)
    slow = SlowUpload(service, client, content)

    def progress() -> dict[str, Any]:
        answer = client.get(f"{ROOT}{path}", params={"upload_id": slow.id})
        assert answer.headers["content-type"].startswith("application/json")
        body: dict[str, Any] = answer.json()
        return body

    assert (progress()["bytes_uploaded"], progress()["total_bytes"], progress()["percentage"]) == (0, len(content), 0.0)

    def under_way() -> dict[str, Any] | None:
        slow.drip(500)
        found = progress()
        return found if found["bytes_uploaded"] else None

    found = wait_until(under_way)
    assert (found["state"], found["upload_id"]) == ("open", slow.id)
    assert 0 < found["percentage"] < 100
    slow.finish()
    done = progress()
    assert (done["state"], done["percentage"], done["media_id"]) == ("done", 100.0, slow.id)


def test_progress_comes_as_events_until_the_upload_has_ended(service: Service, client: httpx.Client) -> None:
    content = media.PDF + os.urandom(600_000)
    slow = SlowUpload(service, client, content)
    seen: list[dict[str, Any]] = []
    dripping = threading.Event()

    def drip() -> None:
        while not dripping.wait(0.02):
            slow.drip(200)
        slow.finish()

    dripper = threading.Thread(target=drip)
    dripper.start()
    where = {"upload_id": slow.id}
    with client.stream("GET", f"{ROOT}/progress", params=where, headers={"accept": "text/event-stream"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("data:"):
                seen.append(json.loads(line.removeprefix("data:")))
                if seen[-1]["bytes_uploaded"]:
                    dripping.set()
    dripper.join()
    offsets = [event["bytes_uploaded"] for event in seen]
    assert offsets == sorted(offsets)
    assert (offsets[0], offsets[-1]) == (0, len(content))
    assert len(set(offsets)) >= 3
    assert (seen[-1]["state"], seen[-1]["media_id"]) == ("done", slow.id)


def test_progress_of_somebody_else_is_not_told(client: httpx.Client, new_client: Callable[..., httpx.Client]) -> None:
    made = client.post("/api/v1/uploads", headers={"tus-resumable": "1.0.0", "upload-length": "10"})
    where = {"upload_id": made.headers["location"].rpartition("/")[2]}
    assert client.get(f"{ROOT}/progress", params=where).status_code == 200
    for accept in ("application/json", "text/event-stream"):
        answer = new_client().get(f"{ROOT}/progress", params=where, headers={"accept": accept})
        refusal(answer, 404, "upload_not_found")
