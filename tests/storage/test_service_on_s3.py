"""The whole service over a bucket: what a user does with a file, from the upload to the purge."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.s3server import S3Server
from mediaworks.testing.service import Service, running, wait_until


@pytest.fixture
def url(s3_server: S3Server) -> str:
    return s3_server.new_url("media")


@pytest.fixture
def client(url: str, s3_server: S3Server, new_database: Callable[[], str], tmp_path: Path) -> Iterator[httpx.Client]:
    settings = {"MEDIAWORKS_STORAGE_URL": url, **s3_server.environment}
    with running(Service(tmp_path / "data", database_url=new_database(), settings=settings)) as service:
        yield service.client()


def objects(server: S3Server, url: str) -> list[str]:
    bucket = url.removeprefix("s3://").partition("/")[0]
    answers = [server.request("GET", f"/{bucket}"), server.request("GET", f"/{bucket}?uploads=")]
    return [name for answer in answers for name in re.findall(r"<Key>(.*?)</Key>", answer.text)]


def test_a_picture_is_kept_understood_and_given_back_and_leaves_nothing(
    client: httpx.Client, s3_server: S3Server, url: str, tmp_path: Path
) -> None:
    content = media.photo()
    sent = client.post("/api/v1/media/upload", files={"file": ("a.jpg", content)})
    assert sent.status_code == 201, sent.text
    media_id = sent.json()["id"]

    def understood() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get(f"/api/v1/media/{media_id}").json()
        return found if found["processing_status"] != "pending" else None

    assert wait_until(understood, 60.0)["processing_status"] == "ready"
    assert client.get(f"/api/v1/media/{media_id}/download").content == content
    assert sent.json()["sha256"] == hashlib.sha256(content).hexdigest()
    assert len(objects(s3_server, url)) > 1
    assert list((tmp_path / "data").glob("blobs")) == []
    assert client.delete(f"/api/v1/media/{media_id}?purge=true").status_code == 200
    wait_until(lambda: not objects(s3_server, url))
