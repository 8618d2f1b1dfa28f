"""A service that may speak to receivers on this machine, and tries again soon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, Protocol
from uuid import UUID

import httpx
import pytest

from mediaworks.db import Database, DatabaseConfig
from mediaworks.events import Event, record
from mediaworks.events.catalogue import CATALOGUE
from mediaworks.testing.service import Service, running
from mediaworks.testing.webhook_receiver import WebhookReceiver

SETTINGS = {
    "MEDIAWORKS_EGRESS_ALLOW": "127.0.0.1",
    "MEDIAWORKS_WEBHOOKS_FIRST_PAUSE": "0.02",
    "MEDIAWORKS_WEBHOOKS_LONGEST_PAUSE": "0.2",
    "MEDIAWORKS_WEBHOOKS_SECONDS": "2",
    "MEDIAWORKS_WEBHOOKS_PER_USER": "3",
}


class Hook(Protocol):
    def __call__(
        self, user: httpx.Client, *events: str, to: WebhookReceiver | None = None, **more: Any
    ) -> dict[str, Any]:
        """A webhook of the user to the receiver, which then knows its secret."""
        ...


class Happen(Protocol):
    def __call__(self, user: httpx.Client | None, subjects: Sequence[UUID], times: int = 1, *, type: str = ...) -> None:  # noqa: A002
        """So many changes of each of these objects of the user (None: of nobody), in turn."""
        ...


class InDatabase(Protocol):
    def __call__(self, step: Callable[[Database], Coroutine[Any, Any, Any]]) -> Any:
        """What a step in the service's database gives."""
        ...


@pytest.fixture(scope="session")
def hooked_settings() -> dict[str, str]:
    return SETTINGS


@pytest.fixture(scope="session")
def hooked(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service that all tests of webhooks share."""
    data_dir = tmp_path_factory.mktemp("hooked") / "data"
    with running(Service(data_dir, database_url=new_database(), settings=SETTINGS)) as started:
        yield started


@pytest.fixture
def new_user(hooked: Service) -> Iterator[Callable[..., httpx.Client]]:
    """Makes clients, each with a user of its own, whose id is in `x-test-user`."""
    with ExitStack() as clients:
        yield lambda service=hooked, **wish: clients.enter_context(service.user(**wish))


@pytest.fixture
def user(new_user: Callable[..., httpx.Client]) -> httpx.Client:
    return new_user()


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as started:
        yield started


@pytest.fixture
def hook(receiver: WebhookReceiver) -> Hook:
    def make(user: httpx.Client, *events: str, to: WebhookReceiver | None = None, **more: Any) -> dict[str, Any]:
        target = to or receiver
        request = {"url": target.url, "events": events or ["media.*"], **more}
        answer = user.post("/api/v1/webhooks", json=request)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        target.secrets.append(made["secret"])
        return made

    return make


@pytest.fixture
def in_database(hooked: Service) -> InDatabase:
    def run(step: Callable[[Database], Coroutine[Any, Any, Any]]) -> Any:
        async def whole() -> Any:
            database = Database(DatabaseConfig(url=hooked.database_url, pool_size=1))
            try:
                return await step(database)
            finally:
                await database.close()

        return asyncio.run(whole())

    return run


@pytest.fixture
def happen(in_database: InDatabase) -> Happen:
    def make(
        user: httpx.Client | None,
        subjects: Sequence[UUID],
        times: int = 1,
        *,
        type: str = "media.updated",  # noqa: A002
    ) -> None:
        owner = UUID(user.headers["x-test-user"]) if user else None
        data = dict.fromkeys(CATALOGUE[type].fields, "test")
        events = [Event(type, subject, owner, data) for _ in range(times) for subject in subjects]

        async def write(database: Database) -> None:
            async with database.transaction() as connection:
                await record(connection, *events)

        in_database(write)

    return make
