"""The root speaks the first contract: its addresses, its camelCase shapes."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from mediaworks.testing import media

SHAPE = {
    "id", "userId", "originalName", "mimeType", "sizeBytes", "storageKey", "url", "metadata", "createdAt", "status",
}  # fmt: skip


@pytest.fixture
def uploaded(client: httpx.Client) -> dict[str, object]:
    answer = client.post("/media/upload", files={"file": ("a photo.jpg", media.image())})
    assert answer.status_code == 201
    made: dict[str, object] = answer.json()
    return made


def test_an_upload_answers_in_its_shape(client: httpx.Client, uploaded: dict[str, object]) -> None:
    assert set(uploaded) == SHAPE
    assert uploaded["userId"] == client.headers["x-test-user"]
    assert (uploaded["originalName"], uploaded["mimeType"], uploaded["status"]) == (
        "a photo.jpg",
        "image/jpeg",
        "active",
    )
    assert set(uploaded["metadata"]) == {"width", "height"}  # type: ignore[call-overload]
    assert uploaded["sizeBytes"] == len(media.image())


def test_an_upload_without_a_key_is_401(service: object, client: httpx.Client) -> None:
    answer = httpx.post(f"{client.base_url}/media/upload", files={"file": ("a.jpg", media.image())}, trust_env=False)
    assert answer.status_code == 401


def test_a_form_without_a_file_names_the_field(client: httpx.Client) -> None:
    answer = client.post("/media/upload", files={"file": ("", b"")})
    assert (answer.status_code, answer.json()["field"]) == (400, "file")


def test_one_object_has_a_signed_url_when_asked_for(client: httpx.Client, uploaded: dict[str, object]) -> None:
    plain = client.get(f"/media/{uploaded['id']}").json()
    signed = client.get(f"/media/{uploaded['id']}", params={"presign": "true"}).json()
    assert plain == uploaded
    assert set(signed) == SHAPE | {"signedUrl"}
    fetched = httpx.get(f"{client.base_url}{signed['signedUrl']}", trust_env=False)
    assert fetched.content == media.image()


def test_the_list_is_ones_own_and_everybodys_for_administrators(
    client: httpx.Client, new_client: Callable[..., httpx.Client], uploaded: dict[str, object]
) -> None:
    assert [item["id"] for item in client.get("/media").json()["items"]] == [uploaded["id"]]
    assert client.get("/media", params={"scope": "all"}).status_code == 403
    everybody = new_client(role="admin").get("/media", params={"scope": "all", "limit": 200}).json()["items"]
    assert uploaded["id"] in [item["id"] for item in everybody]


def test_a_delete_is_soft_and_a_purge_is_not(client: httpx.Client, uploaded: dict[str, object]) -> None:
    assert client.delete(f"/media/{uploaded['id']}").json()["status"] == "deleted"
    assert client.get(f"/media/{uploaded['id']}").status_code == 404
    assert client.post(f"/api/v1/media/{uploaded['id']}/restore").status_code == 200
    assert client.delete(f"/media/{uploaded['id']}", params={"purge": "true"}).json()["status"] == "purged"
    assert client.post(f"/api/v1/media/{uploaded['id']}/restore").status_code == 404


@pytest.mark.parametrize("names", [("filename", "fileType"), ("fileName", "mimeType")])
def test_a_presigned_upload_by_either_spelling(client: httpx.Client, names: tuple[str, str]) -> None:
    content = media.image()
    wanted = {names[0]: "b.jpg", names[1]: "image/jpeg", "sizeBytes": len(content)}
    slot = client.post("/media/presign", json=wanted).json()
    assert {"uploadUrl", "key", "publicUrl", "id"} <= set(slot)
    sent = httpx.put(slot["uploadUrl"], content=content, headers=slot["headers"], trust_env=False)
    assert sent.status_code == 200
    confirmed = client.post(f"/media/presign/{slot['id']}/confirm").json()
    assert (confirmed["status"], confirmed["originalName"]) == ("active", "b.jpg")


def test_an_unlisted_object_is_at_its_public_url(client: httpx.Client, uploaded: dict[str, object]) -> None:
    url = f"{client.base_url}{uploaded['url']}"
    assert httpx.get(url, trust_env=False).status_code == 404
    client.patch(f"/api/v1/media/{uploaded['id']}", json={"visibility": "unlisted"})
    assert httpx.get(url, trust_env=False).content == media.image()
