from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.processing.conftest import as_descriptor

from mediaworks.processing import Face, Faces, ProcessingConfig, Renderer, Rendition, Sandbox, Source
from mediaworks.processing.image.operations import read as operations
from mediaworks.processing.image.outputs import read as output

Find = Callable[[bytes, str], tuple[Face, ...]]
Make = Callable[..., bytes]
LIMITS = ProcessingConfig(decoders=1, max_pixels=4_000_000)


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def faces(runner: asyncio.Runner) -> Iterator[Faces]:
    """One for all tests, for its child takes a moment to start."""
    if not Faces.installed():
        pytest.skip("the extra `faces` is not installed")

    async def made() -> Faces:
        return Faces(LIMITS)

    service = runner.run(made())
    yield service
    runner.run(service.close())


@pytest.fixture(scope="session")
def find(runner: asyncio.Runner, faces: Faces) -> Find:
    """Asks for the faces in a picture of a given type."""

    def ask(content: bytes, mime: str) -> tuple[Face, ...]:
        with as_descriptor(content) as descriptor:
            return runner.run(faces.find(descriptor, mime))

    return ask


@pytest.fixture(scope="session")
def make(runner: asyncio.Runner, faces: Faces) -> Iterator[Make]:
    """Puts a JPEG through steps, with the faces that are in it."""

    async def started() -> Sandbox:
        pool = Sandbox(LIMITS)
        await pool.start()
        return pool

    async def whole(content: bytes, steps: list[dict[str, Any]]) -> bytes:
        recipe = operations(steps)
        with as_descriptor(content) as descriptor:
            known = await faces.for_recipe(recipe, descriptor, "image/jpeg")
            source, rendition = (
                Source(descriptor=descriptor, mime="image/jpeg"),
                Rendition(output({"format": "jpeg"}), recipe),
            )
            async with Renderer(pool, LIMITS).render(source, [rendition], faces=known.areas) as results:
                return b"".join([piece async for piece in results.read(results.rendering.renditions[0])])

    pool = runner.run(started())
    yield lambda content, *steps: runner.run(whole(content, list(steps)))
    runner.run(pool.close())
