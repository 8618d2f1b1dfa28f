"""Pictures that filters need beside the video, made by the engine for pictures."""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache

from mediaworks.errors import InvalidRecipe
from mediaworks.processing import types
from mediaworks.processing.image.operations import Operation
from mediaworks.processing.image.outputs import Output
from mediaworks.processing.image.outputs.png import Png
from mediaworks.processing.model import Rendered, Rendition
from mediaworks.processing.rendering import Renderer, Source
from mediaworks.processing.video.clip import Colours, Overlay, Size

LEVEL = 8
"""Of the table of colours: a square of LEVEL³ pixels has LEVEL² steps of each colour (the layout of Hald images)."""
ALONE = "operations[0]"
"""The place of the operation in the recipe of its own picture."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"


@asynccontextmanager
async def plate(renderer: Renderer, wanted: Overlay | Colours, assets: Mapping[str, int]) -> AsyncIterator[int]:
    """A PNG, as the descriptor of a file that is there until the block ends. Raises what `Renderer.render` raises; what an
    operation refuses is told by its place in the recipe."""
    blank = transparent(wanted.size) if isinstance(wanted, Overlay) else identity()
    with tempfile.TemporaryFile() as canvas:
        canvas.write(blank)
        canvas.flush()
        painting = written(renderer, canvas.fileno(), Png(compression=1), wanted.operations, assets)
        async with AsyncExitStack() as held:
            try:
                made, _ = await held.enter_async_context(painting)
            except InvalidRecipe as refusal:
                raise _refused(refusal, wanted) from refusal
            yield made


@asynccontextmanager
async def written(
    renderer: Renderer,
    png: int,
    output: Output,
    operations: tuple[Operation, ...] = (),
    assets: Mapping[str, int] | None = None,
) -> AsyncIterator[tuple[int, Rendered]]:
    """The PNG behind a descriptor, written as another picture: a file with just that."""
    source = Source(descriptor=png, mime=types.PNG.mime)
    async with renderer.render(source, [Rendition(output, operations)], assets=dict(assets or {})) as results:
        yield results.descriptor, results.rendering.renditions[0]


def _refused(refusal: InvalidRecipe, wanted: Overlay | Colours) -> InvalidRecipe:
    if isinstance(wanted, Colours):
        return refusal
    field = str(refusal.facts["field"]).replace(ALONE, wanted.place, 1)
    return InvalidRecipe(refusal.detail.replace(ALONE, wanted.place, 1), **{**refusal.facts, "field": field})


def transparent(size: Size) -> bytes:
    """A PNG of one colour, of which nothing is to be seen."""
    row = b"\x00" * (1 + (size[0] + 7) // 8)
    palette = _chunk(b"PLTE", b"\x00\x00\x00") + _chunk(b"tRNS", b"\x00")
    return _png(size, depth=1, colours=3, before=palette, rows=(row for _ in range(size[1])))


@cache
def identity() -> bytes:
    """A PNG of every colour in its own place: red changes fastest, then green, then blue."""
    side, steps = LEVEL**3, LEVEL**2
    levels = [round(255 * step / (steps - 1)) for step in range(steps)]
    pixels = bytes(value for blue in levels for green in levels for red in levels for value in (red, green, blue))
    width = 3 * side
    rows = (b"\x00" + pixels[at : at + width] for at in range(0, len(pixels), width))
    return _png((side, side), depth=8, colours=2, before=b"", rows=rows)


def _png(size: Size, *, depth: int, colours: int, before: bytes, rows: Iterator[bytes]) -> bytes:
    """ISO/IEC 15948: no interlace, no filter."""
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(row) for row in rows) + packer.flush()
    header = struct.pack(">IIBBBBB", *size, depth, colours, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + before + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
