from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from tests.processing.video.filming import PROGRAMS

from mediaworks.processing import ProcessingConfig, Sandbox, Source, ffmpeg, sniff
from mediaworks.processing.audio.engine import AudioEngine
from mediaworks.processing.audio.model import Loudness
from mediaworks.processing.audio.operations import AUDIO_OPERATIONS
from mediaworks.processing.audio.outputs import AUDIO_OUTPUTS
from mediaworks.processing.vocabularies import Vocabulary

WORDS = Vocabulary(AUDIO_OPERATIONS, AUDIO_OUTPUTS)
WAV = "audio/wav"


@dataclass(frozen=True, slots=True)
class Made:
    """A file that the engine made, read to its end."""

    content: bytes
    mime: str
    seconds: float
    warnings: tuple[str, ...]
    progress: tuple[float, ...]


class Bench:
    """The engine, asked from tests that wait."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        config = ProcessingConfig(decoders=1)
        self._sandbox = Sandbox(config)
        self._loop.run_until_complete(self._sandbox.start())
        self.program = ffmpeg("").path
        self.engine = AudioEngine(self._sandbox, lambda: self.program, config)

    def make(
        self,
        content: bytes,
        *operations: dict[str, Any],
        mime: str = WAV,
        others: dict[str, bytes] | None = None,
        seconds: float | None = None,
        patience: float | None = None,
        **output: Any,
    ) -> Made:
        """`patience`: after so many seconds whoever asked leaves."""
        steps, written = WORDS.read_operations(list(operations)), WORDS.read_output({"format": "wav", **output})

        async def work() -> Made:
            shares: list[float] = []

            async def progress(share: float) -> None:
                shares.append(share)

            with ExitStack() as files:
                source = Source(descriptor=_file(files, content), mime=mime)
                named = {name: _source(files, one) for name, one in (others or {}).items()}
                making = self.engine.make(source, steps, written, others=named, seconds=seconds, progress=progress)
                async with making as made:
                    (one,) = made.files
                    data = b"".join([piece async for piece in one.read()])
                    return Made(data, one.type.mime, one.facts.duration or 0, made.warnings, tuple(shares))

        return self._loop.run_until_complete(asyncio.wait_for(work(), patience))

    def loudness(self, content: bytes, mime: str = WAV) -> Loudness:
        with ExitStack() as files:
            source = Source(descriptor=_file(files, content), mime=mime)
            return self._loop.run_until_complete(self.engine.loudness(source))

    def run(self, task: Any, content: bytes, request: Any, *, beside: bool = False) -> Any:
        """A task of the sandbox; `beside` gives it a file for what it makes."""
        with ExitStack() as files:
            given = (_file(files, b""),) if beside else ()
            return self._loop.run_until_complete(self._sandbox.run(task, _file(files, content), request, beside=given))

    def decoders(self) -> set[int]:
        """The children that stay: those of the sandbox."""
        return {one._process.pid for one in self._sandbox._all}

    def close(self) -> None:
        self._loop.run_until_complete(self._sandbox.close())
        self._loop.close()


def _source(files: ExitStack, content: bytes) -> Source:
    found = sniff(content[:4096])
    assert found is not None
    return Source(descriptor=_file(files, content), mime=found.mime)


def _file(files: ExitStack, content: bytes) -> int:
    file = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    file.write(content)
    file.flush()
    return file.fileno()


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture(params=PROGRAMS, ids=lambda program: program.name)
def each_bench(bench: Bench, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """With every ffmpeg that is here, one after another."""
    bench.program, usual = request.param, bench.program
    yield bench
    bench.program = usual


@cache
def sounding(expression: str, *arguments: str, container: str = "wav") -> bytes:
    """What the sources of libavfilter give, encoded by the ffmpeg in use."""
    command = [str(ffmpeg("").path), "-v", "error", "-f", "lavfi", "-i", expression, *arguments, "-f", container, "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def sine(amplitude: float = 0.5, *, seconds: float = 1, hertz: int = 1000, channels: int = 2) -> bytes:
    """At 48 kHz, the same in all channels."""
    wave = "|".join([f"{amplitude}*sin(2*PI*{hertz}*t)"] * channels)
    return sounding(f"aevalsrc='{wave}':s=48000:d={seconds}")
