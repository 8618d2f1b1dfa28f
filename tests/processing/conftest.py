from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import pytest

from mediaworks.processing import (
    PROBE,
    UNDERSTAND,
    ProbeRequest,
    ProcessingConfig,
    Sandbox,
    ThumbnailSize,
    UnderstandRequest,
)

SIZES = (*(ThumbnailSize(str(n), n, n) for n in (320, 640, 1280, 2048)), ThumbnailSize("150x150", 150, 150, crop=True))
MASTERS = (1024, 2048)
MAX_PIXELS = 300_000_000


@contextmanager
def as_descriptor(content: bytes) -> Iterator[int]:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        yield file.fileno()


@asynccontextmanager
async def sandbox(tasks: str = "mediaworks.processing.tasks", **settings: Any) -> AsyncIterator[Sandbox]:
    pool = Sandbox(ProcessingConfig(**{"decoders": 1, **settings}), tasks)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


Ask = Callable[[Any, bytes, str], Any]


@pytest.fixture(scope="session")
def ask() -> Iterator[Ask]:
    """Runs PROBE or UNDERSTAND on bytes of a given type, in one sandbox for all tests."""
    loop = asyncio.new_event_loop()
    pool = Sandbox(ProcessingConfig(decoders=1, deadline_seconds=20))
    loop.run_until_complete(pool.start())

    def run(task: Any, content: bytes, mime: str) -> Any:
        request = (
            ProbeRequest(mime, MAX_PIXELS) if task is PROBE else UnderstandRequest(mime, MAX_PIXELS, SIZES, MASTERS)
        )
        with as_descriptor(content) as descriptor:
            awaitable: Awaitable[Any] = pool.run(task, descriptor, request)
            return loop.run_until_complete(awaitable)

    yield run
    loop.run_until_complete(pool.close())
    loop.close()


@pytest.fixture(scope="session")
def understood(ask: Ask) -> Callable[[bytes, str], Any]:
    return lambda content, mime: ask(UNDERSTAND, content, mime)


def children() -> set[int]:
    """Processes that this one has started and that still live."""
    found: set[int] = set()
    for thread in os.listdir(f"/proc/{os.getpid()}/task"):
        with suppress(FileNotFoundError), open(f"/proc/{os.getpid()}/task/{thread}/children") as file:
            found |= {int(pid) for pid in file.read().split()}
    return found
