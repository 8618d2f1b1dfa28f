"""The child process: load the decoders, put up the walls, then answer one job after another."""

from __future__ import annotations

import os
import resource
import socket
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from mediaworks.errors import MediaworksError
from mediaworks.processing.sandbox import wire
from mediaworks.processing.sandbox.walls import raise_walls

JOB_BYTES = 1 << 20


def serve(
    tasks: dict[str, Callable[[int, msgspec.Raw], Any]],
    libraries: dict[str, str],
    connection: socket.socket,
    memory: int,
) -> None:
    """Answer jobs until the other side hangs up."""
    own = Memory()
    wire.send(connection, wire.Greeting(raise_walls(memory), libraries))
    while True:
        try:
            body, descriptor = wire.receive_with_file(connection, JOB_BYTES)
        except EOFError:
            return
        try:
            answer = _answer(tasks, msgspec.msgpack.decode(body, type=wire.Job), descriptor, own)
        finally:
            os.close(descriptor)
        wire.send(connection, answer)


def _answer(
    tasks: dict[str, Callable[[int, msgspec.Raw], Any]], job: wire.Job, descriptor: int, own: Memory
) -> wire.Answer:
    try:
        result = tasks[job.task](descriptor, job.parameters)
    except MediaworksError as refusal:
        return wire.Answer(
            refusal=type(refusal).__name__, code=refusal.code, detail=refusal.detail, resident=own.resident()
        )
    except MemoryError:
        return wire.Answer(
            refusal="Unprocessable",
            code="decoder_out_of_memory",
            detail="The file needs too much memory",
            resident=1 << 62,
        )
    except Exception as error:
        return wire.Answer(
            refusal="Unprocessable", code="unreadable_media", detail=_short(error), resident=own.resident()
        )
    return wire.Answer(result=msgspec.Raw(wire.encode(result)), resident=own.resident())


def _short(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return f"The file cannot be read: {lines[0][:200]}"


class Memory:
    """What this process holds. To be made before the walls are up: it keeps the kernel's word on it open.

    The highest ever (getrusage) would be that of the parent as well, which the kernel hands on when it starts a child.
    """

    def __init__(self) -> None:
        try:
            self._pages: int | None = os.open("/proc/self/statm", os.O_RDONLY)
        except OSError:
            self._pages = None

    def resident(self) -> int:
        """In bytes."""
        if self._pages is None:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return int(os.pread(self._pages, 100, 0).split()[1]) * resource.getpagesize()


def main() -> None:
    """Called as `child.py MODULE FD MEMORY`: MODULE has a table `TASKS` (and may have `LIBRARIES`), FD is our end of the socket pair."""
    import importlib

    module, descriptor, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    loaded = importlib.import_module(module)
    serve(loaded.TASKS, getattr(loaded, "LIBRARIES", {}), socket.socket(fileno=descriptor), memory)


if __name__ == "__main__":
    main()
