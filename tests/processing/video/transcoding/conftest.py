from __future__ import annotations

import asyncio
import io
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import av
import pytest
from tests.processing.conftest import as_descriptor

from mediaworks.processing import (
    Engine,
    Facts,
    FileType,
    Kind,
    ProcessingConfig,
    Progress,
    Renderer,
    Sandbox,
    Source,
    TranscodingConfig,
    VideoEngine,
    ffmpeg,
)
from mediaworks.processing.video.ffmpeg import Ffmpeg
from mediaworks.transformations.recipe import read_recipe

Rooms = tuple[Callable[[Any], Any], Sandbox, Renderer]
MP4 = {"format": "mp4", "speed": "fast"}


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that came out, read whole."""

    type: FileType
    facts: Facts
    content: bytes

    def frames(self) -> list[Any]:
        """Every frame as an array of red, green and blue."""
        with av.open(io.BytesIO(self.content), "r") as container:
            return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]

    def codecs(self) -> list[str]:
        with av.open(io.BytesIO(self.content), "r") as container:
            return [stream.codec_context.codec.canonical_name for stream in container.streams]

    def heard(self) -> float:
        """How many seconds of sound can be decoded."""
        with av.open(io.BytesIO(self.content), "r") as container:
            return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


@dataclass(frozen=True, slots=True)
class Studio:
    """An engine behind real walls, and what a test asks of it."""

    run: Callable[[Any], Any]
    sandbox: Sandbox
    renderer: Renderer
    program: Path

    def engine(self, **limits: Any) -> Engine:
        config = replace(TranscodingConfig(threads=1), **limits)
        return VideoEngine(self.sandbox, self.renderer, lambda: self.program, config, 300_000_000)

    def make(self, *args: Any, **options: Any) -> list[MadeFile]:
        return self.told(*args, **options)[0]

    def told(
        self,
        source: bytes,
        operations: list[dict[str, Any]],
        output: dict[str, Any] = MP4,
        *,
        others: dict[str, tuple[bytes, str]] | None = None,
        mime: str = "video/mp4",
        seconds: float = 30,
        progress: Progress | None = None,
        **limits: Any,
    ) -> tuple[list[MadeFile], Mapping[str, Any]]:
        """The files, and what is told of how they were made."""
        recipe = read_recipe(operations, output, Kind.VIDEO)

        async def steps() -> tuple[list[MadeFile], Mapping[str, Any]]:
            with ExitStack() as held:
                named = {name: _source(held, *other) for name, other in (others or {}).items()}
                making = self.engine(**limits).make(
                    _source(held, source, mime),
                    recipe.operations,
                    recipe.output,
                    others=named,
                    seconds=seconds,
                    progress=progress,
                )
                async with making as made:
                    files = [
                        MadeFile(file.type, file.facts, b"".join([piece async for piece in file.read()]))
                        for file in made.files
                    ]
                    return files, made.told

        found: tuple[list[MadeFile], Mapping[str, Any]] = self.run(steps())
        return found

    def one(self, *args: Any, **options: Any) -> MadeFile:
        (made,) = self.make(*args, **options)
        return made


def _source(held: ExitStack, content: bytes, mime: str) -> Source:
    return Source(descriptor=held.enter_context(as_descriptor(content)), mime=mime)


@pytest.fixture(scope="module")
def rooms() -> Iterator[Rooms]:
    loop, config = asyncio.new_event_loop(), ProcessingConfig(decoders=1)
    sandbox = Sandbox(config)
    sandbox.start_when_needed()
    yield loop.run_until_complete, sandbox, Renderer(sandbox, config)
    loop.run_until_complete(sandbox.close())
    loop.close()


@pytest.fixture(scope="module")
def studio(rooms: Rooms) -> Studio:
    """With the ffmpeg that came along: for what is decided before, or whichever it is."""
    return Studio(*rooms, ffmpeg("").path)


@pytest.fixture
def each_studio(rooms: Rooms, each_ffmpeg: Ffmpeg) -> Studio:
    return Studio(*rooms, each_ffmpeg.path)


@cache
def filmed(picture: str, *, seconds: float = 1.0, tone: int | None = 1000, encoder: tuple[str, ...] = ()) -> bytes:
    """An MP4 of a source of ffmpeg's, with a tone (hertz) or without sound."""
    sound = ("-f", "lavfi", "-i", f"sine=frequency={tone}:sample_rate=48000:duration={seconds}") if tone else ()
    command = (
        ffmpeg("").path, "-v", "error", "-f", "lavfi", "-i", f"{picture},trim=end={seconds}", *sound,
        *(encoder or ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p")), "-c:a", "aac", "-shortest",
        "-y", "-f", "mp4", "-movflags", "+faststart",
    )  # fmt: skip
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run((*command, file.name), check=True)
        return file.read()


def counting(**options: Any) -> bytes:
    """96×64 at 25 frames a second: each frame 8 levels lighter than the one before, from 20 on."""
    return filmed("nullsrc=size=96x64:rate=25,geq=lum='20+8*N':cb=128:cr=128,setparams=range=tv", **options)


def quarters(**options: Any) -> bytes:
    """96×64: red, green, blue and white corners, from the upper left on, line by line."""
    red = "if(eq(lt(X\\,48)\\,lt(Y\\,32))*lt(X\\,48)+gte(X\\,48)*gte(Y\\,32)\\,255\\,0)"
    green = "if(gte(X\\,48)\\,255\\,0)"
    blue = "if(gte(Y\\,32)\\,255\\,0)"
    return filmed(f"nullsrc=size=96x64:rate=10,format=gbrp,geq=r='{red}':g='{green}':b='{blue}'", **options)
