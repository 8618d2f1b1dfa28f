"""Resident memory of the decoders while 20,000 pictures go through them: as they are set, and never replaced."""

from __future__ import annotations

import asyncio
import itertools
import os
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.processes import family, resident
from benchmarks.report import Row
from mediaworks.processing import ProcessingConfig, Renderer, Rendition, Sandbox, Source
from mediaworks.processing.image.operations import read as operations
from mediaworks.processing.image.outputs import read as output
from mediaworks.testing import media

Recipe = tuple[list[dict[str, Any]], dict[str, Any]]
RENDERS = 20_000
DECODERS = 2
EVERY = 50
FOR_EVER = 1 << 30
GROWTH = 1.15
RECIPES: tuple[Recipe, ...] = (
    ([{"type": "resize", "width": 320, "height": 320}], {"format": "webp"}),
    ([{"type": "resize", "width": 200}, {"type": "blur", "sigma": 3}], {"format": "jpeg"}),
    ([{"type": "crop", "ratio": "1:1"}, {"type": "filter", "name": "juno"}], {"format": "jpeg"}),
    ([{"type": "rotate", "angle": 90}, {"type": "sharpen"}], {"format": "png"}),
)


def run(folder: Path) -> Iterator[Row]:
    sources = list(_pictures(folder))
    for name, tasks_per_decoder in (("as they are set", 200), ("never replaced", FOR_EVER)):
        config = ProcessingConfig(decoders=DECODERS, tasks_per_decoder=tasks_per_decoder)
        samples = asyncio.run(_sampled(sources, config))
        begun, ended = (
            _typical(samples[len(samples) // 10 : len(samples) // 4]),
            _typical(samples[-len(samples) // 4 :]),
        )
        shown = f"{begun >> 20} MiB at first, {ended >> 20} MiB at last, {max(samples) >> 20} MiB at most"
        what = f"memory of {DECODERS} decoders over {RENDERS:,} renderings, {name}"
        yield Row(what, shown, f"≤{GROWTH}× of what it is at first", ended <= GROWTH * begun)


def _pictures(folder: Path) -> Iterator[tuple[Path, str]]:
    """Small and middling ones of every common type."""
    for number, (width, height) in enumerate([(300, 200), (800, 600), (1600, 1200), (640, 1200)]):
        contents = {"image/jpeg": media.photo(width, height, seed=number)}
        contents |= {f"image/{kind}": media.image(f".{kind}", width, height) for kind in ("png", "webp", "gif", "tiff")}
        for mime, content in contents.items():
            path = folder / f"{number}.{mime.rpartition('/')[2]}"
            path.write_bytes(content)
            yield path, mime


async def _sampled(sources: Sequence[tuple[Path, str]], config: ProcessingConfig) -> list[int]:
    """Bytes that all decoders hold together, after every so many renderings."""
    pool, samples = Sandbox(config), []
    await pool.start()
    try:
        renderer = Renderer(pool, config)
        turns = itertools.islice(zip(itertools.cycle(sources), itertools.cycle(RECIPES)), RENDERS)
        for number, batch in enumerate(iter(lambda: list(itertools.islice(turns, DECODERS * 2)), [])):
            await asyncio.gather(*(_rendered(renderer, source, recipe) for source, recipe in batch))
            if number % (EVERY // (DECODERS * 2)) == 0:
                samples.append(_held())
    finally:
        await pool.close()
    return samples


async def _rendered(renderer: Renderer, source: tuple[Path, str], recipe: Recipe) -> None:
    path, mime = source
    rendition = Rendition(output(recipe[1]), operations(recipe[0]))
    with path.open("rb") as file:
        async with renderer.render(Source(descriptor=file.fileno(), mime=mime), [rendition]):
            pass


def _held() -> int:
    return sum(resident(pid) for pid in family(os.getpid())[1:])


def _typical(samples: Sequence[int]) -> int:
    return int(statistics.median(samples))
