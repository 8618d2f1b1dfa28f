"""Web pages of other origins: let in by setting, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from mediaworks.testing.service import Service, running

PAGE = "https://www.example.org"


@pytest.fixture(scope="module")
def open_service(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data_dir = tmp_path_factory.mktemp("open") / "data"
    settings = {"MEDIAWORKS_CORS_ORIGINS": PAGE}
    with running(Service(data_dir, new_database(), settings=settings, arguments=("--no-worker",))) as started:
        yield started


def test_without_the_setting_no_answer_lets_a_page_in(client: httpx.Client) -> None:
    for answer in (client.get("/api/v1/media", headers={"Origin": PAGE}), preflight(client, PAGE)):
        assert "access-control-allow-origin" not in answer.headers


def test_a_page_that_was_let_in_may_upload_by_tus_and_read_what_it_needs(open_service: Service) -> None:
    with open_service.client() as client:
        asked = preflight(client, PAGE)
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == PAGE
        assert "PATCH" in asked.headers["access-control-allow-methods"]
        allowed = asked.headers["access-control-allow-headers"].lower()
        assert "*" in allowed or {"tus-resumable", "upload-offset", "x-api-key"} <= set(
            allowed.replace(" ", "").split(",")
        )
        headers = {"Origin": PAGE, "Tus-Resumable": "1.0.0", "Upload-Length": "9"}
        created = client.post("/api/v1/uploads", headers=headers)
        assert created.headers["access-control-allow-origin"] == PAGE
        readable = created.headers["access-control-expose-headers"].lower()
        assert all(name in readable for name in ("location", "upload-offset", "upload-media-id", "etag"))


def test_another_page_is_not_let_in(open_service: Service) -> None:
    with open_service.client() as client:
        refused = client.get("/api/v1/media", headers={"Origin": "https://elsewhere.example"})
        assert refused.headers.get("access-control-allow-origin") is None


def test_an_error_can_be_read_by_the_page_too(open_service: Service) -> None:
    with open_service.client() as client:
        missing = client.get("/api/v1/media/00000000-0000-7000-8000-000000000000", headers={"Origin": PAGE})
        assert (missing.status_code, missing.headers["access-control-allow-origin"]) == (404, PAGE)


def preflight(client: httpx.Client, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "tus-resumable,upload-offset,x-api-key,content-type",
    }
    return client.options("/api/v1/uploads", headers=headers)
