"""A program that is not ours, run between walls: files in as descriptors, bytes out through a pipe, ended with its group."""

from __future__ import annotations

import asyncio
import math
import os
import re
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mediaworks.errors import Unprocessable

LAUNCHER = Path(__file__).with_name("launch.py")
PIPE_BYTES = 1 << 20
COMPLAINTS = 20
_OF_ITSELF = re.compile(r"\[[^\]]*@ 0x[0-9a-f]+\] ?|/proc/self/fd/\d+:? ?")
"""What a program says of its own insides: addresses, and names of descriptors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`memory` and what may be written into files that are handed in, both in bytes; `seconds` by the clock; `nice`: how far
    it stands back behind other programs, 0 to 19."""

    memory: int = 4 << 30
    output: int = 64 << 30
    seconds: float = 3600.0
    nice: int = 0


class Program:
    """One run. Its output must be read; `complaints` holds the last lines of its standard error once it has ended."""

    def __init__(self, process: asyncio.subprocess.Process, limits: Limits) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.output: asyncio.StreamReader = process.stdout
        self.complaints: deque[str] = deque(maxlen=COMPLAINTS)
        self._process = process
        self._limits = limits
        self._listening = asyncio.create_task(self._listen(process.stderr))

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while line := await _line_of(stream):
            self.complaints.append(_OF_ITSELF.sub("", line.decode("utf-8", "replace")).strip()[:300])

    async def ended(self) -> None:
        """Wait until it is over. Raises Unprocessable with what it complained about when it failed."""
        code = await self._process.wait()
        await self._listening
        if code == -signal.SIGXFSZ:
            raise Unprocessable("What is made is too large", code="output_too_large", limit=self._limits.output)
        if code != 0:
            reason = self.complaints[-1] if self.complaints else f"it ended with {code}"
            raise Unprocessable(f"The recording cannot be processed: {reason}", code="program_failed")

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    async def kill(self) -> None:
        """End it and all that it may have started; returns when nothing is left."""
        self._signal(signal.SIGKILL)
        await self._process.wait()
        while await self.output.read(PIPE_BYTES):  # its pipe is closed with what was left in it
            continue
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening

    def _signal(self, number: int) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


async def _line_of(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:
        return b"(a line without end)\n"


@asynccontextmanager
async def running(
    program: Path,
    arguments: Sequence[str],
    *,
    files: Sequence[int] = (),
    writable: Sequence[int] = (),
    readable: Sequence[Path] = (),
    own: Path | None = None,
    limits: Limits,
) -> AsyncIterator[Program]:
    """`program` until the block ends, whatever happens in it.

    It may open descriptors of ours again as /proc/self/fd/N, `files` to read and `writable` to read and write, and read what
    lies below `readable`; in its `own` folder, where it begins, files may come and go; no network, no other file. Raises TimeoutError after `limits.seconds`.
    """
    told = [
        f"memory {limits.memory}",
        f"output {limits.output}",
        f"cpu {math.ceil(limits.seconds) * (os.cpu_count() or 1)}",
        f"parent {os.getpid()}",
        f"nice {limits.nice}",
        *(f"file {descriptor}" for descriptor in files),
        *(f"writable {descriptor}" for descriptor in writable),
        *(f"readable {folder}" for folder in readable),
        *(() if own is None else (f"own {own}",)),
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", str(LAUNCHER), "\n".join(told), str(program), *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=PIPE_BYTES,
        pass_fds=(*files, *writable),
        env={"LANG": "C.UTF-8"},
        cwd=own or "/",
        start_new_session=True,
    )  # fmt: skip
    run = Program(process, limits)
    try:
        async with asyncio.timeout(limits.seconds):
            yield run
    finally:
        await asyncio.shield(run.kill())
