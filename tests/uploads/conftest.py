from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import httpx
import pytest

from mediaworks.testing.s3server import S3Server
from mediaworks.testing.service import Service, running


@pytest.fixture(scope="session")
def on_s3(
    s3_server: S3Server, new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A running service over a bucket, which tests share as they share `service`."""
    settings = {"MEDIAWORKS_STORAGE_URL": s3_server.new_url("media"), **s3_server.environment}
    settings["MEDIAWORKS_UPLOADS_MAX_FILE_SIZE"] = "32 MiB"
    folder = tmp_path_factory.mktemp("on-s3") / "data"
    with running(Service(folder, database_url=new_database(), settings=settings)) as started:
        yield started


@pytest.fixture(params=["local", "s3"])
def place(request: pytest.FixtureRequest) -> Service:
    """A service over each kind of storage."""
    return cast(Service, request.getfixturevalue("service" if request.param == "local" else "on_s3"))


@pytest.fixture
def sender(place: Service) -> Iterator[httpx.Client]:
    """A user of `place` who has nothing yet."""
    with place.user() as client:
        yield client
