"""The whole service over a bucket: what a user does with a file, from the upload to the purge."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.processing.video.filming import filmed

from mediaworks.testing import media
from mediaworks.testing.s3server import S3Server
from mediaworks.testing.service import Service, running, wait_until


@pytest.fixture(scope="module")
def url(s3_server: S3Server) -> str:
    return s3_server.new_url("media")


@pytest.fixture(scope="module")
def service(
    url: str, s3_server: S3Server, new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    settings = {"MEDIAWORKS_STORAGE_URL": url, **s3_server.environment}
    folder = tmp_path_factory.mktemp("on_s3") / "data"
    with running(Service(folder, database_url=new_database(), settings=settings)) as service:
        yield service


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    with service.client() as client:
        yield client


def objects(server: S3Server, url: str) -> list[str]:
    bucket = url.removeprefix("s3://").partition("/")[0]
    answers = [server.request("GET", f"/{bucket}"), server.request("GET", f"/{bucket}?uploads=")]
    return [name for answer in answers for name in re.findall(r"<Key>(.*?)</Key>", answer.text)]


def test_a_picture_is_kept_understood_and_given_back_and_leaves_nothing(
    client: httpx.Client, service: Service, s3_server: S3Server, url: str
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
    assert list(service.data_dir.glob("blobs")) == []
    assert client.delete(f"/api/v1/media/{media_id}?purge=true").status_code == 200
    wait_until(lambda: not objects(s3_server, url))


def test_a_recording_plays_from_one_copy_on_this_machine(client: httpx.Client, service: Service) -> None:
    film = filmed("-g", "25", seconds=4, size="160x120")
    media_id = client.post("/api/v1/media/upload", files={"file": ("a.mp4", film)}).raise_for_status().json()["id"]
    base = f"/api/v1/stream/{media_id}/hls"
    listed = client.get(f"{base}/playlist.m3u8").raise_for_status().text
    renditions = {line.split("/")[0] for line in listed.splitlines() if line.endswith("/playlist.m3u8")}
    assert "source" in renditions
    for rendition in renditions:
        for name in ("init.mp4", "0.m4s", "1.m4s"):
            assert client.get(f"{base}/{rendition}/{name}").raise_for_status().content
    (copy,) = service.data_dir.rglob("original/file")
    assert copy.read_bytes() == film
    client.delete(f"/api/v1/media/{media_id}?purge=true").raise_for_status()
