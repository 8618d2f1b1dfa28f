"""Downloads and signed addresses over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from mediaworks.kit.headers import content_disposition
from mediaworks.testing import media
from mediaworks.testing.service import Service

CONTENT = media.PDF + bytes(range(256)) * 4000


def upload(client: httpx.Client, name: str = "a.pdf", content: bytes = CONTENT, **fields: str) -> dict[str, str]:
    body: dict[str, str] = client.post("/api/v1/media/upload", files={"file": (name, content)}, data=fields).json()
    return body


@pytest.fixture
def nobody(service: Service) -> httpx.Client:
    return httpx.Client(base_url=service.url, trust_env=False)


def test_a_download_has_the_bytes_and_every_header(client: httpx.Client) -> None:
    body = upload(client, "Größe.pdf")
    answer = client.get(f"/api/v1/media/{body['id']}/download")
    assert answer.content == CONTENT
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["etag"] == f'"{body["sha256"]}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert (
        answer.headers["content-disposition"]
        == "attachment; filename=\"Gr__e.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "cross-origin-resource-policy" in answer.headers


def test_a_range_is_partial_and_a_fitting_tag_is_not_modified(client: httpx.Client) -> None:
    body = upload(client)
    path = f"/api/v1/media/{body['id']}/download"
    part = client.get(path, headers={"range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, CONTENT[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(CONTENT)}"
    known = client.get(path, headers={"if-none-match": part.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert client.get(path, headers={"if-match": '"x"'}).status_code == 412
    outside = client.get(path, headers={"range": "bytes=99999999-"})
    assert (outside.status_code, outside.headers["content-range"]) == (416, f"bytes */{len(CONTENT)}")


def test_head_has_the_headers_and_no_body(client: httpx.Client) -> None:
    body = upload(client)
    answer = client.head(f"/api/v1/media/{body['id']}/download")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))


def test_a_signed_link_needs_no_key_and_nothing_else_opens_it(client: httpx.Client, nobody: httpx.Client) -> None:
    link = upload(client, "a b&c.pdf")["url"]
    assert nobody.get(link).content == CONTENT
    assert nobody.get(link, headers={"range": "bytes=-3"}).content == CONTENT[-3:]
    path, _, query = link.partition("?")
    assert nobody.get(path).status_code == 404
    for wrong in (query[:-1], query + "&a=1", query.replace("expires=", "expires=1")):
        answer = nobody.get(f"{path}?{wrong}")
        assert (answer.status_code, answer.json()["code"]) == (403, "invalid_signature")
    other = upload(client)["url"].partition("?")[0]
    assert nobody.get(f"{other}?{query}").status_code == 403


def test_a_deleted_object_is_not_served_by_its_old_link(client: httpx.Client, nobody: httpx.Client) -> None:
    body = upload(client)
    client.delete(f"/api/v1/media/{body['id']}")
    assert nobody.get(body["url"]).status_code == 404


@pytest.mark.parametrize(("visibility", "status"), [("private", 404), ("unlisted", 200), ("public", 200)])
def test_visibility_decides_whether_an_address_works_unsigned(
    client: httpx.Client, nobody: httpx.Client, visibility: str, status: int
) -> None:
    link = upload(client, visibility=visibility)["url"]
    assert nobody.get(link.partition("?")[0]).status_code == status


def test_a_picture_is_shown_in_place_and_a_document_is_saved(
    client: httpx.Client, nobody: httpx.Client, ready: Callable[[str], dict[str, object]]
) -> None:
    picture, drawing = upload(client, "a.jpg", media.image()), upload(client, "a.svg", media.SVG)
    assert nobody.get(picture["url"]).headers["content-disposition"].startswith("inline")
    shown = nobody.get(drawing["url"])
    assert shown.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in shown.headers["content-security-policy"]
    thumbnail = ready(picture["id"])["thumbnail_url"]
    assert nobody.get(str(thumbnail)).headers["content-type"] == "image/webp"


@pytest.mark.parametrize("name", ['a"b\\c.jpg', "a\r\nX: y.jpg", "日本.jpg", "a%41.jpg", "\ud800.jpg"])
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    header = content_disposition(name, inline=False)
    assert header.isascii()
    assert not {"\r", "\n"} & set(header)
    assert header.count('"') == 2
