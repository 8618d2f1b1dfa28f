"""Runs of ffmpeg over sound: one listens, another writes."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mediaworks.errors import Unprocessable
from mediaworks.processing.audio.model import Loudness, Silence
from mediaworks.processing.sandbox.program import Limits, Program, running
from mediaworks.processing.video.abilities import refuse_unable

QUIET = ("-nostdin", "-hide_banner", "-nostats")
ABSOLUTE_GATE = -70.0
LEAST_SECONDS = 0.01
SHORTEST_RANGE = 4.0
"""Seconds: EBU Tech 3342 looks at windows of three; of one or two of them there is no distribution."""
_TIME = re.compile(r"out_time_us=(\d+)")
_SILENCE = re.compile(r"lavfi\.silence_(start|end)=([-\d.e+]+)")
_MEASURED = re.compile(r"(I|LRA|Peak):\s+(-?[\d.]+|-inf|nan)")

Told = Callable[[float], Awaitable[None]]
"""Told how many seconds of the result are done."""


async def nobody(_: float) -> None:
    """Who is told when nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """How ffmpeg is called: `sources` with their guards; `files` are their descriptors; `ends`: when all passes have
    to be done, by the monotonic clock. Each raises Unprocessable for what cannot be decoded, or takes too long."""

    program: Path
    sources: tuple[str, ...]
    files: tuple[int, ...]
    limits: Limits
    ends: float

    async def loudness(self, graph: str, told: Told = nobody) -> Loudness:
        """By one pass of the filter `ebur128` (ITU-R BS.1770-4, EBU Tech 3341 and 3342)."""
        measuring = f"{graph},ebur128=peak=true:framelog=verbose"
        arguments = (*self._listening("info", measuring), "-progress", "pipe:1")
        complaints, lasted = await self._timed(arguments, told)
        found = dict(_MEASURED.findall("\n".join(complaints)[-600:]))
        integrated, peak = float(found.get("I", "-inf")), float(found.get("Peak", "-inf"))
        return Loudness(
            integrated=integrated if integrated > ABSOLUTE_GATE else None,
            range=float(found.get("LRA", 0.0)) if lasted >= SHORTEST_RANGE else None,
            true_peak=peak if peak > float("-inf") else None,
        )

    async def seconds(self, graph: str, told: Told = nobody) -> float:
        """How long it is, by decoding it."""
        _, lasted = await self._timed((*self._listening("error", graph), "-progress", "pipe:1"), told)
        return lasted

    async def silences(self, graph: str, threshold: float, minimum: float) -> list[Silence]:
        """In their order; the last one has no end when the sound has none after it."""
        events: list[tuple[str, float]] = []

        async def note(line: str) -> None:
            if found := _SILENCE.match(line):
                events.append((found[1], max(0.0, float(found[2]))))

        prints = (f"ametadata=print:key=lavfi.silence_{name}:file=pipe\\\\:1:direct=1" for name in ("end", "start"))
        detect = f"silencedetect=noise={threshold:.2f}dB:duration={minimum:.6f}"
        await self._run(self._listening("error", ",".join((graph, "aformat=sample_fmts=flt", detect, *prints))), note)
        return _paired(events)

    async def write(self, arguments: Sequence[str], out: int, told: Told = nobody) -> float:
        """Run with an output of its own, into the file behind `out`; how many seconds were written."""
        target = ("-progress", "pipe:1", "-y", f"/proc/self/fd/{out}")
        _, lasted = await self._timed((*QUIET, "-v", "error", *self.sources, *arguments, *target), told, out)
        return lasted

    def _listening(self, level: str, graph: str) -> tuple[str, ...]:
        ending = ("-filter_complex", f"{graph}[out]", "-map", "[out]", "-f", "null", "-")
        return (*QUIET, "-v", level, *self.sources, *ending)

    def _limits(self) -> Limits:
        """Those of the next pass."""
        return replace(self.limits, seconds=max(LEAST_SECONDS, self.ends - time.monotonic()))

    async def _timed(self, arguments: Sequence[str], told: Told, *outputs: int) -> tuple[list[str], float]:
        lasted = 0.0

        async def note(line: str) -> None:
            nonlocal lasted
            if found := _TIME.match(line):
                lasted = int(found[1]) / 1_000_000
                await told(lasted)

        return await self._run(arguments, note, *outputs), lasted

    async def _run(self, arguments: Sequence[str], note: Callable[[str], Awaitable[None]], *outputs: int) -> list[str]:
        """What it wrote to its standard error; each line of its output goes to `note`. Raises Unprocessable,
        `program_timeout` among others, and NotInstalled."""
        try:
            await refuse_unable(self.program, arguments)
            async with running(
                self.program, arguments, files=self.files, writable=outputs, limits=self._limits()
            ) as program:
                async for line in _lines(program):
                    await note(line)
                await program.ended()
                return list(program.complaints)
        except TimeoutError as late:
            told = f"The work on the sound took longer than {self.limits.seconds:.0f} s"
            raise Unprocessable(told, code="program_timeout") from late


async def _lines(program: Program) -> AsyncIterator[str]:
    while line := await program.output.readline():
        yield line.decode("ascii", "replace").strip()


def _paired(events: Sequence[tuple[str, float]]) -> list[Silence]:
    silences: list[Silence] = []
    for name, at in events:
        if name == "start":
            silences.append(Silence(at, None))
        elif silences and silences[-1].end is None:
            silences[-1] = Silence(silences[-1].start, at)
    return silences
