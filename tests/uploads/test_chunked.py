"""Chunked sessions: pieces in any order, several at once, repeated, broken, mixed up."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url, text

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

pytestmark = pytest.mark.long

ROOT = "/api/v1/media/upload/multipart"
CHUNK = 100_000


def content_of(size: int) -> bytes:
    return media.PDF + os.urandom(size - len(media.PDF))


def begin(client: httpx.Client, size: int, chunk_size: int | None = CHUNK, **more: Any) -> dict[str, Any]:
    request = {"filename": "a.pdf", "file_size": size, "mime_type": "application/pdf", "chunk_size": chunk_size}
    answer = client.post(f"{ROOT}/init", json=request | more)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def send(
    client: httpx.Client, upload_id: str, number: int, chunk: Any, headers: dict[str, str] | None = None
) -> httpx.Response:
    where: dict[str, Any] = {"upload_id": upload_id, "chunk_number": number}
    headers = {"content-type": "application/octet-stream"} | (headers or {})
    return client.post(f"{ROOT}/chunk", params=where, content=chunk, headers=headers)


def complete(client: httpx.Client, upload_id: str) -> httpx.Response:
    return client.post(f"{ROOT}/complete", json={"upload_id": upload_id})


def piece(content: bytes, number: int, size: int = CHUNK) -> bytes:
    return content[number * size : (number + 1) * size]


def refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    return problem


def expire(service: Service, upload_id: str) -> None:
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE uploads SET expires_at = now() - interval '1 second' WHERE id = :id"), {"id": upload_id}
        )
    engine.dispose()


def test_chunks_in_any_order_become_the_file(client: httpx.Client) -> None:
    content = content_of(4 * CHUNK + 7)
    session = begin(client, len(content), tags=["a"], visibility="unlisted", metadata={"why": "test"})
    assert (session["chunk_size"], session["total_chunks"]) == (CHUNK, 5)
    assert None not in (session["media_id"], session["expires_at"])
    shown: dict[str, Any] = {}
    for count, number in enumerate([4, 0, 3, 1, 2], start=1):
        shown = send(client, session["upload_id"], number, piece(content, number)).json()
        assert shown["uploaded_chunks"] == count
        assert shown["status"] == "in_progress"
    assert (shown["bytes_uploaded"], shown["percentage"], shown["missing"]) == (len(content), 100.0, [])
    answer = complete(client, session["upload_id"])
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["id"], made["sha256"]) == (session["media_id"], hashlib.sha256(content).hexdigest())
    assert (made["tags"], made["visibility"], made["metadata"]) == (["a"], "unlisted", {"why": "test"})
    assert client.get(f"/api/v1/media/{made['id']}/download").content == content


def test_chunks_at_once_become_the_file(client: httpx.Client) -> None:
    content = content_of(16 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: send(client, upload_id, n, piece(content, n)), range(16)))
    assert {answer.status_code for answer in answers} == {200}
    assert complete(client, upload_id).json()["sha256"] == hashlib.sha256(content).hexdigest()


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_chunk_size_in_any_order_with_repetitions_equals_the_bytes(
    client: httpx.Client, data: st.DataObject
) -> None:
    size = data.draw(st.integers(600, 20_000))
    chunk_size = data.draw(st.integers(max(1, size // 12), size + 100))
    content = content_of(size)
    session = begin(client, size, chunk_size)
    total = -(-size // chunk_size)
    assert session["total_chunks"] == total
    again = data.draw(st.lists(st.integers(0, total - 1), max_size=4))
    for number in data.draw(st.permutations([*range(total), *again])):
        assert send(client, session["upload_id"], number, piece(content, number, chunk_size)).status_code == 200
    made = complete(client, session["upload_id"]).json()
    assert (made["size_bytes"], made["sha256"]) == (size, hashlib.sha256(content).hexdigest())


def test_the_default_chunk_is_5_mib(client: httpx.Client) -> None:
    assert begin(client, 12 << 20, None)["chunk_size"] == 5 << 20


def test_the_same_chunk_again_is_welcome_and_another_in_its_place_is_not(client: httpx.Client) -> None:
    content = content_of(2 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    assert send(client, upload_id, 0, piece(content, 0)).status_code == 200
    again = send(client, upload_id, 0, piece(content, 0))
    assert (again.status_code, again.json()["uploaded_chunks"]) == (200, 1)
    refusal(send(client, upload_id, 0, bytes(CHUNK)), 409, "part_differs")
    assert send(client, upload_id, 1, piece(content, 1)).status_code == 200
    assert complete(client, upload_id).json()["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK + 1, 3 * CHUNK])
def test_a_chunk_of_another_size_is_refused_and_can_be_sent_again(client: httpx.Client, size: int) -> None:
    content = content_of(2 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    refusal(send(client, upload_id, 0, bytes(size)), 400, "part_size")
    assert client.get(f"{ROOT}/{upload_id}").json()["uploaded_chunks"] == 0
    for number in (0, 1):
        assert send(client, upload_id, number, piece(content, number)).status_code == 200
    assert complete(client, upload_id).status_code == 200


@pytest.mark.parametrize("number", [-1, 2, 10**9])
def test_a_number_that_no_chunk_has_is_refused(client: httpx.Client, number: int) -> None:
    upload_id = begin(client, 2 * CHUNK)["upload_id"]
    problem = refusal(send(client, upload_id, number, bytes(CHUNK)), 400, "invalid")
    assert (problem["field"], problem["limit"]) == ("chunk_number", 1)


def digests(chunk: bytes) -> list[dict[str, str]]:
    sha256 = base64.b64encode(hashlib.sha256(chunk).digest()).decode()
    md5 = base64.b64encode(hashlib.md5(chunk).digest()).decode()
    return [
        {"content-digest": f"sha-256=:{sha256}:"},
        {"upload-checksum": f"sha256 {sha256}"},
        {"upload-checksum": f"md5 {md5}"},
    ]


@pytest.mark.parametrize("which", range(3))
def test_a_checksum_is_verified(client: httpx.Client, which: int) -> None:
    content = content_of(CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    refusal(send(client, upload_id, 0, content, digests(bytes(CHUNK))[which]), 460, "checksum_mismatch")
    refusal(complete(client, upload_id), 409, "chunks_missing")
    assert send(client, upload_id, 0, content, digests(content)[which]).status_code == 200
    refusal(send(client, upload_id, 0, content, digests(bytes(CHUNK))[which]), 460, "checksum_mismatch")
    assert complete(client, upload_id).status_code == 200


def test_complete_names_the_missing_numbers_and_can_be_called_again(client: httpx.Client) -> None:
    content = content_of(5 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    assert client.get(f"{ROOT}/{upload_id}/status").json()["status"] == "pending"
    for number in (1, 4):
        send(client, upload_id, number, piece(content, number))
    assert refusal(complete(client, upload_id), 409, "chunks_missing")["missing"] == [0, 2, 3]
    assert client.get(f"{ROOT}/status", params={"upload_id": upload_id}).json()["missing"] == [0, 2, 3]
    for number in (0, 2, 3):
        send(client, upload_id, number, piece(content, number))
    first, second = complete(client, upload_id), complete(client, upload_id)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["id"] == second.json()["id"]
    shown = client.get(f"{ROOT}/{upload_id}").json()
    assert (shown["status"], shown["percentage"], shown["uploaded_chunks"]) == ("completed", 100.0, 5)


def test_complete_twice_at_once_makes_one_object(client: httpx.Client) -> None:
    content = content_of(2 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    for number in (0, 1):
        send(client, upload_id, number, piece(content, number))
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: complete(client, upload_id), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(client.get("/api/v1/media").json()["items"]) == 1


def test_a_chunk_after_the_end_is_answered_and_changes_nothing(client: httpx.Client) -> None:
    content = content_of(2 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    for number in (0, 1):
        send(client, upload_id, number, piece(content, number))
    media_id = complete(client, upload_id).json()["id"]
    assert send(client, upload_id, 0, bytes(CHUNK)).json()["status"] == "completed"
    assert client.get(f"/api/v1/media/{media_id}/download").content == content


@pytest.mark.parametrize("way", ["delete", "body"])
def test_after_an_abort_nothing_goes_on_and_nothing_stays(service: Service, client: httpx.Client, way: str) -> None:
    content = content_of(2 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    send(client, upload_id, 0, piece(content, 0))

    def abort() -> httpx.Response:
        if way == "delete":
            return client.delete(f"{ROOT}/{upload_id}")
        return client.post(f"{ROOT}/abort", json={"upload_id": upload_id})

    assert abort().json()["status"] == "cancelled"
    refusal(send(client, upload_id, 1, piece(content, 1)), 410, "upload_gone")
    refusal(complete(client, upload_id), 410, "upload_gone")
    refusal(abort(), 410, "upload_gone")
    assert client.get(f"{ROOT}/{upload_id}").json()["status"] == "cancelled"
    assert not [path for path in (service.data_dir / "blobs").rglob("*") if upload_id in path.name]


def test_what_another_way_began_is_no_session(client: httpx.Client) -> None:
    made = client.post("/api/v1/uploads", headers={"tus-resumable": "1.0.0", "upload-length": "1000"})
    upload_id = made.headers["location"].rpartition("/")[2]
    refusal(client.get(f"{ROOT}/{upload_id}"), 404, "upload_not_found")
    refusal(client.post(f"{ROOT}/abort", json={"upload_id": upload_id}), 404, "upload_not_found")
    refusal(send(client, upload_id, 0, b"x"), 404, "upload_not_found")
    assert client.get(f"/api/v1/uploads/{upload_id}").json()["state"] == "open"


def test_tus_does_not_write_into_a_session(client: httpx.Client) -> None:
    content = content_of(2 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    send(client, upload_id, 0, piece(content, 0))
    headers = {"tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream"}
    refusal(client.patch(f"/api/v1/uploads/{upload_id}", headers=headers, content=b"x" * 10), 409, "other_protocol")
    send(client, upload_id, 1, piece(content, 1))
    assert complete(client, upload_id).json()["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_session_of_somebody_else_is_not_to_be_found(
    client: httpx.Client, new_client: Callable[..., httpx.Client]
) -> None:
    upload_id = begin(client, CHUNK)["upload_id"]
    other = new_client()
    for answer in (
        send(other, upload_id, 0, bytes(CHUNK)),
        complete(other, upload_id),
        other.get(f"{ROOT}/{upload_id}"),
        other.get(f"{ROOT}/status", params={"upload_id": upload_id}),
        other.delete(f"{ROOT}/{upload_id}"),
        other.post(f"{ROOT}/abort", json={"upload_id": upload_id}),
        client.get(f"{ROOT}/{uuid4()}"),
    ):
        refusal(answer, 404, "upload_not_found")
    assert client.get(f"{ROOT}/{upload_id}").json()["status"] == "pending"


def test_a_key_that_may_only_read_begins_nothing(new_client: Callable[..., httpx.Client]) -> None:
    reader = new_client(scopes=["media:read"])
    answer = reader.post(f"{ROOT}/init", json={"filename": "a.pdf", "file_size": 10})
    refusal(answer, 403, "missing_scope")


def test_a_session_whose_time_is_over_takes_nothing(service: Service, client: httpx.Client) -> None:
    content = content_of(2 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    send(client, upload_id, 0, piece(content, 0))
    expire(service, upload_id)
    refusal(send(client, upload_id, 1, piece(content, 1)), 410, "upload_gone")
    refusal(complete(client, upload_id), 410, "upload_gone")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"filename": "a", "file_size": 0}, "file_size"),
        ({"filename": "a", "file_size": -5}, "file_size"),
        ({"filename": "a", "file_size": 10, "chunk_size": 0}, "chunk_size"),
        ({"filename": "a", "file_size": 10, "chunk_size": 1 << 40}, "chunk_size"),
        ({"filename": "a", "file_size": 10, "tags": ["x" * 1000]}, "tags"),
    ],
)
def test_a_session_that_cannot_be_is_not_begun(client: httpx.Client, request_: dict[str, Any], field: str) -> None:
    assert refusal(client.post(f"{ROOT}/init", json=request_), 400, "invalid")["field"] == field


def test_a_file_over_the_limit_is_refused_at_the_beginning(client: httpx.Client) -> None:
    answer = client.post(f"{ROOT}/init", json={"filename": "a", "file_size": 33 << 20})
    assert refusal(answer, 413, "too_large")["limit"] == 32 << 20


def test_a_file_of_many_small_chunks_is_begun_with_larger_ones(client: httpx.Client) -> None:
    session = begin(client, 20 << 20, 1)
    assert session["total_chunks"] <= 10_000


def test_content_that_is_not_accepted_leaves_nothing(service: Service, client: httpx.Client) -> None:
    upload_id = begin(client, CHUNK)["upload_id"]
    assert send(client, upload_id, 0, b"\x7fELF" + bytes(CHUNK - 4)).status_code == 200
    refusal(complete(client, upload_id), 415, "unsupported_type")
    assert client.get(f"{ROOT}/{upload_id}").json()["status"] == "failed"
    refusal(complete(client, upload_id), 410, "upload_gone")
    assert not [path for path in (service.data_dir / "blobs").rglob("*") if upload_id in path.name]


class Stalled:
    """A sender of one chunk who stops before its last bytes, or its mere end, until he is told to go on."""

    def __init__(
        self, service: Service, client: httpx.Client, upload_id: str, number: int, chunk: bytes, *, held: int = 1
    ) -> None:
        self._socket = socket.create_connection(("127.0.0.1", service.port))
        head = f"POST {ROOT}/chunk?upload_id={upload_id}&chunk_number={number} HTTP/1.1\r\nHost: x\r\n"
        head += f"X-API-Key: {client.headers['x-api-key']}\r\nTransfer-Encoding: chunked\r\n\r\n"
        now, later = chunk[: len(chunk) - held], chunk[len(chunk) - held :]
        self._socket.sendall(head.encode() + b"%x\r\n" % len(now) + now + b"\r\n")
        self._last = (b"%x\r\n" % held + later + b"\r\n" if held else b"") + b"0\r\n\r\n"

    def go_on(self) -> int:
        self._socket.sendall(self._last)
        answer = self._socket.recv(1000)
        self._socket.close()
        return int(answer.split()[1])


def _holds(service: Service, name: str, content: bytes) -> bool:
    return any(content in path.read_bytes() for path in (service.data_dir / "blobs").rglob(f"*{name}*"))


def test_of_two_senders_of_one_chunk_the_second_is_refused_or_the_whole_is(
    service: Service, client: httpx.Client
) -> None:
    content = content_of(2 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    send(client, upload_id, 1, piece(content, 1))
    other = os.urandom(CHUNK)
    stalled = Stalled(service, client, upload_id, 0, other)
    wait_until(lambda: _holds(service, upload_id, other[: CHUNK // 2]))
    assert send(client, upload_id, 0, piece(content, 0)).status_code == 200
    assert stalled.go_on() == 409
    answer = complete(client, upload_id)
    if answer.status_code == 200:
        assert answer.json()["sha256"] == hashlib.sha256(content).hexdigest()
    else:
        refusal(answer, 409, "part_differs")
        assert client.get("/api/v1/media").json()["items"] == []


def test_many_senders_of_one_chunk_at_once_never_make_a_mixture(client: httpx.Client) -> None:
    whole = [content_of(CHUNK) for _ in range(4)]
    for _ in range(10):
        upload_id = begin(client, CHUNK)["upload_id"]
        gate = threading.Barrier(4)

        def race(one: bytes, upload_id: str = upload_id, gate: threading.Barrier = gate) -> int:
            gate.wait()
            return send(client, upload_id, 0, iter([one[: CHUNK // 2], one[CHUNK // 2 :]])).status_code

        with ThreadPoolExecutor(4) as threads:
            statuses = sorted(threads.map(race, whole))
        assert statuses[0] == 200
        assert set(statuses) <= {200, 409}
        answer = complete(client, upload_id)
        hashes = {hashlib.sha256(one).hexdigest() for one in whole}
        assert answer.status_code == 409 or answer.json()["sha256"] in hashes


def test_a_chunk_that_is_still_coming_changes_no_published_file(service: Service, client: httpx.Client) -> None:
    content = content_of(2 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    other = content[:50_000] + os.urandom(50_000)
    stalled = Stalled(service, client, upload_id, 0, other)
    wait_until(lambda: _holds(service, upload_id, other[:-1]))
    for number in (0, 1):
        assert send(client, upload_id, number, piece(content, number)).status_code == 200
    media_id = complete(client, upload_id).json()["id"]
    assert stalled.go_on() in {404, 409, 200}
    assert client.get(f"/api/v1/media/{media_id}/download").content == content


@pytest.mark.parametrize("held", [0, 1])
def test_a_chunk_that_is_still_coming_when_the_session_is_aborted_is_told(
    service: Service, client: httpx.Client, held: int
) -> None:
    content = content_of(2 * CHUNK)
    upload_id = begin(client, len(content))["upload_id"]
    stalled = Stalled(service, client, upload_id, 0, piece(content, 0), held=held)
    wait_until(lambda: _holds(service, upload_id, content[: CHUNK - 1]))
    assert client.delete(f"{ROOT}/{upload_id}").status_code == 200
    assert stalled.go_on() == 410


def test_after_kill_9_between_chunks_the_acknowledged_ones_are_there(idle_service: Service) -> None:
    content = content_of(3 * CHUNK)
    idle_service.start()
    with idle_service.client() as client:
        upload_id = begin(client, len(content))["upload_id"]
        for number in (2, 0):
            send(client, upload_id, number, piece(content, number))
        stalled = Stalled(idle_service, client, upload_id, 1, piece(content, 1))
        wait_until(lambda: _holds(idle_service, upload_id, piece(content, 1)[:50_000]))
    idle_service.kill()
    del stalled
    idle_service.start()
    with idle_service.client() as client:
        shown = client.get(f"{ROOT}/{upload_id}").json()
        assert (shown["missing"], shown["status"]) == ([1], "in_progress")
        send(client, upload_id, 1, piece(content, 1))
        assert complete(client, upload_id).json()["sha256"] == hashlib.sha256(content).hexdigest()
