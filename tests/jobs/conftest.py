from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from mediaworks.jobs.retrying import pause_after
from mediaworks.testing.working import Workplace

T = TypeVar("T")
Steps = Callable[[Workplace], Awaitable[T]]


@pytest.fixture(scope="module")
def url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture(autouse=True)
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job of a test's own worker is tried again at once."""
    monkeypatch.setattr("mediaworks.jobs.worker.POLL_SECONDS", 0.2)
    monkeypatch.setattr("mediaworks.jobs.runner.pause_after", _soon)
    monkeypatch.setattr("mediaworks.jobs.retrying.NOT_WRITTEN_SECONDS", 0.1)


@pytest.fixture
def at_work(url: str) -> Callable[[Steps[T]], T]:
    """Runs the steps of a test in a loop of their own."""

    async def run(steps: Steps[T]) -> T:
        place = Workplace(url)
        try:
            return await steps(place)
        finally:
            await place.database.close()

    return lambda steps: asyncio.run(run(steps))


def _soon(error: Exception, failures: int) -> float | None:
    return None if pause_after(error, failures) is None else 0.1
