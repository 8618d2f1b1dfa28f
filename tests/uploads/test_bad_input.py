"""Uploads that are refused, broken off or hostile: each has a clear error, and none leaves anything behind."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

UPLOAD = "/api/v1/media/upload"
BOUNDARY = "boundary-7"
HEADERS = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(content: bytes, *, field: str = "file", name: str = "a.jpg") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def blobs(service: Service) -> set[Path]:
    return {path for path in (service.data_dir / "blobs").rglob("*") if path.is_file()}


def unfinished(service: Service) -> set[str]:
    """Uploads under way and files of theirs; other tests of the same service may have left some."""
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id FROM uploads WHERE state = 'open' OR holder IS NOT NULL")).scalars()
        found = {str(upload_id) for upload_id in rows}
    engine.dispose()
    return found | {path.name for path in (service.data_dir / "blobs" / "incoming").iterdir()}


@pytest.fixture(autouse=True)
def nothing_stays(service: Service, client: httpx.Client) -> Iterator[None]:
    """After every test of this file: no blob, no temporary file, no row more than before."""
    before = unfinished(service)
    yield
    wait_until(lambda: unfinished(service) <= before)
    mine = client.get("/api/v1/media", params={"limit": 200}).json()["items"]
    owned = {f"{item['id']}" for item in mine}
    assert owned == set() or all(any(one in str(path) for path in blobs(service)) for one in owned)


def expect_refusal(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    problem: dict[str, object] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"].startswith("application/problem+json")
    return problem


def test_without_a_key_the_body_is_not_even_read(service: Service) -> None:
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(f"POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 401")


def test_an_empty_file_is_named_as_empty(client: httpx.Client) -> None:
    problem = expect_refusal(client.post(UPLOAD, files={"file": ("a.jpg", b"")}), 400, "empty_file")
    assert problem["field"] == "file"


def test_a_renamed_executable_is_told_what_is_allowed(client: httpx.Client) -> None:
    answer = client.post(UPLOAD, files={"file": ("holiday.jpg", b"\x7fELF" + bytes(9000), "image/jpeg")})
    problem = expect_refusal(answer, 415, "unsupported_type")
    assert "image/jpeg" in problem["allowed"]  # type: ignore[operator]


def test_html_in_disguise_is_refused(client: httpx.Client) -> None:
    page = b"<!doctype html><script>alert(1)</script><svg>"
    expect_refusal(client.post(UPLOAD, files={"file": ("a.svg", page, "image/svg+xml")}), 415, "unsupported_type")


def test_a_picture_of_900_megapixels_is_refused_before_it_is_opened(client: httpx.Client) -> None:
    expect_refusal(client.post(UPLOAD, files={"file": ("a.png", media.bomb())}), 422, "too_many_pixels")


def test_a_truncated_picture_is_kept_and_shows_what_is_left(
    client: httpx.Client, ready: Callable[[str], dict[str, object]]
) -> None:
    whole = media.photo(800, 600)
    body = client.post(UPLOAD, files={"file": ("a.jpg", whole[: len(whole) // 2])}).json()
    found = ready(body["id"])
    assert found["processing_status"] == "ready"
    assert found["thumbnails"]
    warnings = client.get(f"/api/v1/media/{body['id']}/metadata").json()["warnings"]
    assert warnings[0].startswith("damaged")


def test_a_picture_that_cannot_be_read_at_all_is_kept_and_says_why(
    client: httpx.Client, ready: Callable[[str], dict[str, object]]
) -> None:
    body = client.post(UPLOAD, files={"file": ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(3000))}).json()
    found = ready(body["id"])
    assert found["processing_status"] == "failed"
    assert found["processing_error"]["code"] == "unreadable_media"  # type: ignore[index]


def test_a_declared_length_over_the_limit_is_refused_before_the_body(service: Service, client: httpx.Client) -> None:
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        head = f"POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nX-API-Key: {client.headers['x-api-key']}\r\n"
        head += f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {1 << 40}\r\nExpect: 100-continue\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_a_body_over_the_limit_is_stopped_even_when_its_length_was_not_told(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        yield form(b"")[: -len(f"\r\n--{BOUNDARY}--\r\n")]
        yield media.PDF
        for _ in range(40):
            yield bytes(1 << 20)
        yield f"\r\n--{BOUNDARY}--\r\n".encode()

    problem = expect_refusal(client.post(UPLOAD, content=endless(), headers=HEADERS), 413, "too_large")
    assert problem["limit"] == 32 << 20


def test_a_plain_client_hears_the_refusal_in_mid_body(service: Service, client: httpx.Client) -> None:
    """Python's http.client writes on until it breaks, unless the server reads past a little more."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    body = form(b"\x7fELF" + bytes(4 << 20))
    connection.request("POST", UPLOAD, body, HEADERS | {"x-api-key": client.headers["x-api-key"]})
    assert connection.getresponse().status == 415
    connection.close()


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("multipart/form-data", form(b"x"), "missing_boundary"),
        ("multipart/form-data; boundary=", form(b"x"), "missing_boundary"),
        ("application/json", b"{}", "not_multipart"),
        ("", b"x", "not_multipart"),
        (HEADERS["content-type"], b"no boundary anywhere", "malformed_body"),
        (HEADERS["content-type"], b"", "malformed_body"),
        (HEADERS["content-type"], form(media.PDF)[:-30], "malformed_body"),
        (HEADERS["content-type"], b"--boundary-7\r\nX" * 50, "malformed_body"),
        (HEADERS["content-type"], f"--{BOUNDARY}\r\n".encode() + b"A: b\r\n" * 20 + b"\r\n", "malformed_body"),
        (HEADERS["content-type"], f"--{BOUNDARY}\r\nA: ".encode() + b"b" * 9000, "malformed_body"),
        (HEADERS["content-type"], f"--{BOUNDARY}--\r\n".encode(), "missing_file"),
        (HEADERS["content-type"], form(media.PDF, field="document"), "wrong_field"),
    ],
)
def test_a_malformed_body_is_told_apart(client: httpx.Client, content_type: str, body: bytes, code: str) -> None:
    expect_refusal(client.post(UPLOAD, content=body, headers={"content-type": content_type}), 400, code)


def test_a_body_full_of_line_breaks_costs_no_more_than_another(client: httpx.Client) -> None:
    content = media.PDF + b"\r\n--boundary-" * 700_000
    answer = client.post(UPLOAD, content=form(content), headers=HEADERS)
    assert (answer.status_code, answer.json()["size_bytes"]) == (201, len(content))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"visibility": "secret"}, "visibility"),
        ({"metadata": "[1]"}, "metadata"),
        ({"metadata": '{"a": "' + "x" * 40_000 + '"}'}, "metadata"),
        ({"tags": '["a", 1]'}, "tags"),
        ({"tags": ",".join(map(str, range(100)))}, "tags"),
        ({"tags": "x" * 101}, "tags"),
    ],
)
def test_a_wrong_field_is_named(client: httpx.Client, fields: dict[str, str], field: str) -> None:
    answer = client.post(UPLOAD, data=fields, files={"file": ("a.jpg", media.image())})
    assert answer.status_code == 400
    assert answer.json()["field"] == field


def test_a_client_that_leaves_half_way_leaves_nothing(service: Service, client: httpx.Client) -> None:
    before, earlier = blobs(service), unfinished(service)
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        head = f"POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nX-API-Key: {client.headers['x-api-key']}\r\n"
        head += f"Content-Type: {HEADERS['content-type']}\r\nContent-Length: 5000000\r\n\r\n"
        connection.sendall(head.encode() + form(media.PDF + bytes(600_000))[:500_000])
        wait_until(lambda: unfinished(service) > earlier)
    wait_until(lambda: unfinished(service) <= earlier)
    assert blobs(service) == before


def test_what_goes_over_the_quota_is_refused_and_not_charged(new_client: Callable[..., httpx.Client]) -> None:
    poor = new_client(quota_bytes=3_000_000)
    content = media.PDF + bytes(1_900_000)
    assert poor.post(UPLOAD, files={"file": ("a.pdf", content)}).status_code == 201
    expect_refusal(poor.post(UPLOAD, files={"file": ("b.pdf", content)}), 413, "quota_exceeded")
    expect_refusal(poor.post(UPLOAD, files={"file": ("b.pdf", media.PDF + bytes(9_000_000))}), 413, "quota_exceeded")
    first = poor.get("/api/v1/media").json()["items"]
    poor.delete(f"/api/v1/media/{first[0]['id']}", params={"purge": "true"})
    assert poor.post(UPLOAD, files={"file": ("c.pdf", content)}).status_code == 201


def test_a_key_that_may_only_read_cannot_upload(new_client: Callable[..., httpx.Client]) -> None:
    reader = new_client(scopes=["media:read"])
    problem = expect_refusal(reader.post(UPLOAD, files={"file": ("a.jpg", media.image())}), 403, "missing_scope")
    assert problem["scope"] == "media:write"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\r\nSet-Cookie: x=1.jpg", "..", "x" * 400 + ".jpg", "\x00"])
def test_a_hostile_name_becomes_a_harmless_one(client: httpx.Client, name: str) -> None:
    quoted = name.replace("\r\n", "%0D%0A")
    body = client.post(UPLOAD, content=form(media.PDF, name=quoted), headers=HEADERS).json()
    shown = body["original_name"]
    assert 1 <= len(shown) <= 255
    assert not {"/", "\\", "\r", "\n", "\x00"} & set(shown)
    answer = client.get(f"/api/v1/media/{body['id']}/download")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_the_list_of_allowed_types_is_a_setting(idle_service: Service) -> None:
    idle_service.settings = {"MEDIAWORKS_UPLOADS_ALLOWED_TYPES": "image/png"}
    idle_service.start()
    with idle_service.client() as client:
        assert client.post(UPLOAD, files={"file": ("a.png", media.image(".png"))}).status_code == 201
        problem = expect_refusal(
            client.post(UPLOAD, files={"file": ("a.png", media.image(".jpg"))}), 415, "unsupported_type"
        )
    assert problem["allowed"] == ["image/png"]
