"""A small file that asks for much gets little: whatever it is, it costs seconds and megabytes, and at most one answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.processing.conftest import SIZES, as_descriptor

from mediaworks.errors import Unprocessable
from mediaworks.kit.quantities import Bytes
from mediaworks.processing import (
    PROBE,
    UNDERSTAND,
    ProbeRequest,
    ProcessingConfig,
    Renderer,
    Rendition,
    Sandbox,
    Source,
    Task,
    UnderstandRequest,
)
from mediaworks.processing.image.operations import read as operations
from mediaworks.processing.image.outputs import read as output
from mediaworks.testing import bombs, media

DECODERS = "mediaworks.testing.hostile_decoders"
SECONDS, MEBIBYTES = 10, 512
BOMBS: dict[str, tuple[Callable[[], bytes], str, str | None]] = {
    "a PNG of 900 megapixels": (lambda: bombs.png(30_000, 30_000), "image/png", "too_many_pixels"),
    "a colour profile of 1 GiB": (lambda: bombs.png_with_profile(1024), "image/png", None),
    "a comment of 1 GiB": (lambda: bombs.png_with_text(1024, 1), "image/png", "too_much_text"),
    "500 comments of 7 MiB": (lambda: bombs.png_with_text(7, 500), "image/png", "too_much_text"),
    "XMP of 1 GiB": (lambda: bombs.png_with_xmp(1024), "image/png", "too_much_text"),
    "EXIF that goes in circles": (lambda: bombs.png_with_exif(5_000), "image/png", None),
    "10,000 frames of GIF": (lambda: bombs.gif(10_000), "image/gif", "too_many_frames"),
    "1,000 frames of WebP as large as can be": (lambda: bombs.webp(1_000), "image/webp", "too_many_pixels"),
    "one frame of WebP as large as can be": (lambda: bombs.webp(1), "image/webp", "unreadable_media"),
    "a TIFF of one tile of 4 gigapixels": (lambda: bombs.tiff(65_520), "image/tiff", "unreadable_media"),
    "an AVIF that says 3.6 gigapixels": (
        lambda: bombs.with_size(media.image(".avif"), 60_000, 60_000), "image/avif", "too_many_pixels",
    ),
    "an AVIF that says 256 megapixels": (
        lambda: bombs.with_size(media.image(".avif"), 16_000, 16_000), "image/avif", "unreadable_media",
    ),
}  # fmt: skip
"""What it is, its type, and the code that its rendering as an animation is refused with (None: it is rendered)."""


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def pool(runner: asyncio.Runner) -> Iterator[Sandbox]:
    """One decoder for all: what breaks it breaks the tests after."""

    async def started() -> Sandbox:
        pool = Sandbox(ProcessingConfig(decoders=1))
        await pool.start()
        return pool

    pool = runner.run(started())
    yield pool
    runner.run(pool.close())


async def probed(pool: Sandbox, descriptor: int, mime: str) -> None:
    await pool.run(PROBE, descriptor, ProbeRequest(mime, ProcessingConfig().max_pixels))


async def understood(pool: Sandbox, descriptor: int, mime: str) -> None:
    await pool.run(UNDERSTAND, descriptor, UnderstandRequest(mime, ProcessingConfig().max_pixels, SIZES))


async def rendered(pool: Sandbox, descriptor: int, mime: str) -> None:
    moving = Rendition(output({"format": "webp"}), operations([{"type": "invert"}]))
    async with Renderer(pool, ProcessingConfig()).render(Source(descriptor=descriptor, mime=mime), [moving]):
        pass


def peak(pid: int) -> int:
    """The most memory that a process has held, in MiB (proc_pid_status(5), VmHWM)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) >> 10


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("act", [probed, understood, rendered])
def test_no_bomb_takes_long_or_much_or_its_decoder_along(
    runner: asyncio.Runner, pool: Sandbox, name: str, act: Callable[..., Coroutine[Any, Any, None]]
) -> None:
    make, mime, _ = BOMBS[name]
    (decoder,) = pool._all
    with as_descriptor(make()) as descriptor:
        began = time.monotonic()
        try:
            runner.run(act(pool, descriptor, mime))
        except Unprocessable as refusal:
            assert not refusal.code.startswith("decoder_"), refusal
        assert time.monotonic() - began < SECONDS
    assert decoder in pool._all
    assert peak(decoder._process.pid) < MEBIBYTES


@pytest.mark.parametrize("name", [name for name, (_, _, code) in BOMBS.items() if code])
def test_a_bomb_is_refused_by_what_is_wrong_with_it(runner: asyncio.Runner, pool: Sandbox, name: str) -> None:
    make, mime, code = BOMBS[name]
    with as_descriptor(make()) as descriptor, pytest.raises(Unprocessable) as refusal:
        runner.run(rendered(pool, descriptor, mime))
    assert refusal.value.code == code


async def others(pool: Sandbox, content: bytes) -> list[Any]:
    """What ten others get who ask at the same time."""

    async def one() -> Any:
        with as_descriptor(content) as descriptor:
            return await pool.run(UNDERSTAND, descriptor, UnderstandRequest("image/jpeg", 1_000_000, SIZES))

    return await asyncio.gather(*(one() for _ in range(10)), return_exceptions=True)


async def huge(pool: Sandbox) -> None:
    with as_descriptor(bombs.png(17_000, 17_000)) as descriptor:
        await rendered(pool, descriptor, "image/png")


async def slow(pool: Sandbox) -> None:
    with as_descriptor(bombs.png(17_000, 17_000)) as descriptor:
        request = UnderstandRequest("image/png", ProcessingConfig().max_pixels, SIZES)
        await pool.run(UNDERSTAND, descriptor, request, deadline=0.1)


async def crashing(pool: Sandbox) -> None:
    with as_descriptor(b"") as descriptor:
        await pool.run(Task("crash", object, str), descriptor, None)


async def hungry(pool: Sandbox) -> None:
    with as_descriptor(b"") as descriptor:
        await pool.run(Task("eat_memory", object, int), descriptor, None)


@pytest.mark.parametrize(
    ("breaks", "codes"),
    [
        (crashing, {"decoder_crashed"}),
        (slow, {"decoder_timeout"}),
        (hungry, {"decoder_out_of_memory"}),
        (huge, {"decoder_crashed", "decoder_out_of_memory", "unreadable_media"}),
    ],
)
def test_what_breaks_a_decoder_costs_its_own_request_and_no_other(
    breaks: Callable[[Sandbox], Awaitable[None]], codes: set[str]
) -> None:
    """Two real decoders with half a gibibyte each, ten good pictures, and in their midst the bad one."""

    async def steps() -> tuple[list[Any], str, list[Any]]:
        pool = Sandbox(ProcessingConfig(decoders=2, memory=Bytes(512 << 20)), DECODERS)
        await pool.start()
        try:
            good = asyncio.ensure_future(others(pool, content))
            with pytest.raises(Unprocessable) as refusal:
                await breaks(pool)
            return await good, refusal.value.code, await others(pool, content)
        finally:
            await pool.close()

    content = media.image(".jpg", 640, 400)
    during, code, after = asyncio.run(steps())
    assert code in codes
    assert [type(answer).__name__ for answer in (*during, *after)] == ["Understanding"] * 20
