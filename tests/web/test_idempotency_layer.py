"""The layer around routes that answer as no route of the service does on demand: with 500, at length, in pieces."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar import Litestar, Request, Response, post
from litestar.response import Stream
from litestar.testing import TestClient

from mediaworks.accounts import Caller, Role, Scope
from mediaworks.db import Database, DatabaseConfig
from mediaworks.db.presence import Presence
from mediaworks.errors import TooManyUploads
from mediaworks.events import cause
from mediaworks.events.idempotency import Idempotency, IdempotencyConfig
from mediaworks.uploads import UploadsConfig
from mediaworks.web.idempotency import LARGEST_ANSWER, idempotent
from mediaworks.web.problems import HANDLERS

runs: list[UUID | None] = []
outcomes: list[Any] = []


@post("/run", request_max_body_size=None)
async def run_it(request: Request[Any, Any, Any]) -> Response[Any]:
    """What the test wants: an answer, or an error."""
    runs.append(cause.get())
    outcome = outcomes.pop(0)
    if isinstance(outcome, Exception):
        await request.body()
        raise outcome
    return Response(outcome, media_type="text/plain") if not callable(outcome) else Stream(outcome())


@pytest.fixture(scope="module")
def client(new_database: Callable[[], str]) -> Iterator[TestClient[Litestar]]:
    url = new_database()
    caller = Caller(UUID(int=1), Role.USER, frozenset(Scope), None, None)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        database, presence = Database(DatabaseConfig(url=url)), Presence(url)
        await presence.start()
        app.state.idempotency = Idempotency(database, presence, IdempotencyConfig())
        app.state.uploads = SimpleNamespace(config=UploadsConfig())
        yield
        await presence.close()
        await database.close()

    def known(app: Any) -> Any:
        async def layer(scope: Any, receive: Any, send: Any) -> None:
            scope["state"]["caller"] = caller
            await app(scope, receive, send)

        return layer

    app = Litestar([run_it], middleware=[known, idempotent], lifespan=[lifespan], exception_handlers=HANDLERS)
    with TestClient(app, raise_server_exceptions=False) as made:
        app.state.accounts = None
        yield made


def twice(client: TestClient[Litestar], *wanted: Any, body: bytes = b"x") -> tuple[list[int], int]:
    """The statuses of a request that came twice, and how often it ran."""
    runs.clear()
    outcomes[:] = wanted
    headers = {"idempotency-key": str(uuid4())}
    answers = [client.post("/run", content=body, headers=headers) for _ in range(2)]
    return [answer.status_code for answer in answers], len(runs)


def test_an_answer_is_given_again_though_the_route_never_read_the_body(client: TestClient[Litestar]) -> None:
    assert twice(client, "done") == ([201, 201], 1)


def test_an_answer_as_long_as_can_be_is_given_again(client: TestClient[Litestar]) -> None:
    assert twice(client, "x" * LARGEST_ANSWER) == ([201, 201], 1)


def test_an_answer_that_is_too_long_goes_out_and_is_not_kept(client: TestClient[Litestar]) -> None:
    assert twice(client, "x" * (LARGEST_ANSWER + 1), "y") == ([201, 201], 2)


def test_a_fault_of_ours_is_not_kept(client: TestClient[Litestar]) -> None:
    assert twice(client, RuntimeError(), "done") == ([500, 201], 2)


def test_what_passes_is_not_kept(client: TestClient[Litestar]) -> None:
    assert twice(client, TooManyUploads(), "done") == ([429, 201], 2)


def test_an_answer_in_pieces_comes_whole(client: TestClient[Litestar]) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(5):
            yield b"%d" % number

    runs.clear()
    outcomes[:] = [pieces]
    headers = {"idempotency-key": str(uuid4())}
    assert [client.post("/run", headers=headers).content for _ in range(2)] == [b"01234"] * 2
    assert len(runs) == 1


def test_a_request_has_a_cause_only_with_a_key(client: TestClient[Litestar]) -> None:
    twice(client, "done")
    assert isinstance(runs[0], UUID)
    outcomes[:] = ["done"]
    client.post("/run")
    assert runs[-1] is None
