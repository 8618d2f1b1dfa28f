from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pyvips
from tests.processing.conftest import as_descriptor

from mediaworks.processing import ProcessingConfig, Rendered, Renderer, Rendering, Rendition, Sandbox, Source, fonts
from mediaworks.processing.image import operations, outputs, vips

assert vips.LOADERS  # importing it has shut libvips, as in decoders; tests make files of their own in this process
pyvips.operation_block_set("VipsForeign", False)
os.environ.setdefault("FONTCONFIG_FILE", str(fonts.CONFIGURATION))  # as in decoders, before anything asks for a font

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """What a rendering made: each picture with its bytes."""

    rendering: Rendering
    files: tuple[bytes, ...]

    @property
    def first(self) -> Rendered:
        return self.rendering.renditions[0]

    def picture(self, number: int = 0, **options: Any) -> Any:
        return pyvips.Image.new_from_buffer(self.files[number], "", **options)


Render = Callable[..., Made]


@pytest.fixture(scope="session")
def render() -> Iterator[Render]:
    """Renders bytes of a given type by recipes as JSON, in one sandbox for all tests."""
    loop = asyncio.new_event_loop()
    pool = Sandbox(ProcessingConfig(decoders=1, deadline_seconds=20))
    loop.run_until_complete(pool.start())

    def run(content: bytes, mime: str, recipe: Sequence[Json] = (), **wanted: Any) -> Made:
        return loop.run_until_complete(made_in(pool, content, mime, recipe, **wanted))

    yield run
    loop.run_until_complete(pool.close())
    loop.close()


async def made_in(
    pool: Sandbox,
    content: bytes,
    mime: str,
    recipe: Sequence[Json],
    *,
    output: Json | None = None,
    renditions: Sequence[tuple[Sequence[Json], Json]] = (),
    assets: dict[str, bytes] | None = None,
    faces: Sequence[tuple[int, int, int, int]] = (),
    size: tuple[int, int] | None = None,
    **limits: Any,
) -> Made:
    """What `pool` makes of a picture."""
    wanted = renditions or [((), output or {"format": "png"})]
    made = [Rendition(outputs.read(form), operations.read(list(own))) for own, form in wanted]
    with ExitStack() as files:
        source = Source(descriptor=files.enter_context(as_descriptor(content)), mime=mime, size=size)
        others = {name: files.enter_context(as_descriptor(data)) for name, data in (assets or {}).items()}
        async with Renderer(pool, ProcessingConfig(**limits)).render(
            source, made, operations=operations.read(list(recipe)), assets=others, faces=faces
        ) as results:
            read = [b"".join([piece async for piece in results.read(one)]) for one in results.rendering.renditions]
    return Made(results.rendering, tuple(read))
