"""How much smaller smart compression makes a photo than quality 92, and how it then looks."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.images import PHOTO
from benchmarks.report import Row
from mediaworks.processing import (
    ProcessingConfig,
    Rendered,
    Renderer,
    Rendition,
    Sandbox,
    Source,
    read_operations,
    read_output,
)
from mediaworks.testing import media

FORMATS = ("jpeg", "webp", "avif")
SIDES = (2560, 1600, 900)


def run(folder: Path) -> Iterator[Row]:
    content = PHOTO.read_bytes() if PHOTO.exists() else media.photo(2725, 2225)
    for form in FORMATS:
        pairs = asyncio.run(_pairs(content, form))
        saved = [1 - auto.size_bytes / fixed.size_bytes for auto, fixed in pairs]
        scores = ", ".join(f"{auto.score or 0:.0f}" for auto, _ in pairs)
        told = ", ".join(f"{share:.0%}" for share in saved)
        shown = f"{statistics.median(saved):.0%} smaller ({told} at {SIDES} px; SSIMULACRA 2 {scores})"
        middle = statistics.median(saved)
        yield Row(f"a photo as {form} by smart compression, against quality 92", shown, "≥30 %", middle >= 0.3)


async def _pairs(content: bytes, form: str) -> list[tuple[Rendered, Rendered]]:
    """For each of SIDES the picture by smart compression, and at quality 92."""
    config = ProcessingConfig(decoders=1, deadline_seconds=120)
    sandbox = Sandbox(config)
    await sandbox.start()
    try:
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.flush()
            source = Source(descriptor=file.fileno(), mime="image/jpeg")
            return [await _pair(Renderer(sandbox, config), source, form, side) for side in SIDES]
    finally:
        await sandbox.close()


async def _pair(renderer: Renderer, source: Source, form: str, side: int) -> tuple[Rendered, Rendered]:
    smart = Rendition(read_output({"format": form}), read_operations([{"type": "compress", "mode": "smart"}]))
    wanted = [smart, Rendition(read_output({"format": form, "quality": 92}))]
    scaled = read_operations([{"type": "resize", "width": side, "height": side}])
    async with renderer.render(source, wanted, operations=scaled) as results:
        auto, fixed = results.rendering.renditions
        return auto, fixed
