"""One PostgreSQL and one service for each test process; every test gets a user of its own, so none sees another's media.

Properties are tried with the same examples in every run: what is green stays green. `HYPOTHESIS_PROFILE=default` tries
new ones.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import httpx
import hypothesis
import pytest
from sqlalchemy import create_engine, make_url, text

from mediaworks.db.embedded import embedded_postgres
from mediaworks.db.migrate import migrate
from mediaworks.testing.background import Background
from mediaworks.testing.s3server import S3Server
from mediaworks.testing.service import Service, running, wait_until

T = TypeVar("T")
CALLBACK_SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
FETCHING = {
    "MEDIAWORKS_EGRESS_ALLOW": "127.0.0.0/8",
    "MEDIAWORKS_JOBS_STALLED_AFTER": "2",
    "MEDIAWORKS_UPLOADS_CHECKPOINT_SECONDS": "0.05",
    "MEDIAWORKS_UPLOADS_MAX_FILE_SIZE": "8 MiB",
    "MEDIAWORKS_UPLOADS_CALLBACK_SECRET": CALLBACK_SECRET,
}

hypothesis.settings.register_profile("suite", derandomize=True, database=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first: of two processes none is left with one of them at the end, while the other is idle."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty PostgreSQL server, which does not wait for the disk: no test takes the power from it."""
    with embedded_postgres(tmp_path_factory.mktemp("pg") / "postgres") as url:
        _execute(
            url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()"
        )
        yield url


@pytest.fixture(scope="session")
def empty_database(postgres: str) -> Callable[[], str]:
    """Makes a database of its own without any table and returns its address."""
    return lambda: _create_database(postgres, "template1")


@pytest.fixture(scope="session")
def new_database(postgres: str) -> Callable[[], str]:
    """Makes a database of its own with the schema of this program and returns its address."""
    schema = _create_database(postgres, "template1")
    migrate(schema)
    return lambda: _create_database(postgres, str(make_url(schema).database))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server, whose credentials stand in the environment of the tests. `environment` has them for others."""
    server = S3Server(tmp_path_factory.mktemp("s3"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        try:
            yield server.start()
        finally:
            server.stop()


@pytest.fixture
def s3_url(s3_server: S3Server) -> str:
    """The storage address of an empty bucket."""
    return s3_server.new_url()


@pytest.fixture(scope="session")
def service(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service that all tests share."""
    settings = {
        "MEDIAWORKS_UPLOADS_MAX_FILE_SIZE": "32 MiB",
        "MEDIAWORKS_MEDIA_COUNT_SECONDS": "0.2",
        "MEDIAWORKS_EVENTS_ACCESS_SECONDS": "0.5",
        "MEDIAWORKS_STREAMING_COMPLETE_AFTER_SECONDS": "0",
    }
    data_dir = tmp_path_factory.mktemp("service") / "data"
    with running(Service(data_dir, database_url=new_database(), settings=settings)) as started:
        yield started


@pytest.fixture(scope="session")
def fetching(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service that may fetch from this machine, which tests share as they share `service`."""
    folder = tmp_path_factory.mktemp("fetching") / "data"
    with running(Service(folder, database_url=new_database(), settings=FETCHING)) as started:
        yield started


@pytest.fixture
def own_service(new_database: Callable[[], str], tmp_path: Path) -> Iterator[Service]:
    """A service for one test, not started yet; ended afterwards whatever happens."""
    own = Service(tmp_path / "data", database_url=new_database())
    yield own
    own.kill()


@pytest.fixture
def idle_service(own_service: Service) -> Service:
    """As `own_service`, without a worker, which takes half of the time to start: what is queued stays queued."""
    own_service.arguments = ("--no-worker",)
    own_service.settings = {"MEDIAWORKS_PROCESSING_DECODERS": "1"}
    return own_service


@pytest.fixture
def admin(service: Service) -> Iterator[httpx.Client]:
    with service.client() as client:
        yield client


@pytest.fixture
def new_client(service: Service) -> Iterator[Callable[..., httpx.Client]]:
    """Makes clients, each with a user of its own."""
    with ExitStack() as clients:
        yield lambda **wish: clients.enter_context(service.user(**wish))


@pytest.fixture
def client(new_client: Callable[..., httpx.Client]) -> httpx.Client:
    """A user who has nothing yet."""
    return new_client()


@pytest.fixture
def ready(client: httpx.Client) -> Callable[[str], dict[str, object]]:
    """Waits until a media object of the client is understood, and returns it."""

    def wait(media_id: str) -> dict[str, object]:
        def understood() -> dict[str, object] | None:
            media: dict[str, object] = client.get(f"/api/v1/media/{media_id}").json()
            return None if media["processing_status"] == "pending" else media

        return wait_until(understood)

    return wait


@pytest.fixture
def beside() -> Iterator[Callable[[AbstractAsyncContextManager[T]], T]]:
    """Runs asynchronous servers beside the test until it ends."""
    background = Background()
    yield background.enter
    background.close()


def _create_database(postgres: str, template: str) -> str:
    name = f"test_{uuid4().hex}"
    _execute(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return make_url(postgres).set(database=name).render_as_string(hide_password=False)


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
