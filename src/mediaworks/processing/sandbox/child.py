"""The child process: load the decoders, put up the walls, then answer one job after another."""

from __future__ import annotations

import errno
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
UNKNOWN = 1 << 62
"""What a child is taken to hold that has run out of memory: it is replaced."""


def serve(
    tasks: dict[str, Callable[..., Any]],
    libraries: Callable[[], dict[str, str]],
    connection: socket.socket,
    memory: int,
    output: int,
) -> None:
    """Answer jobs until the other side hangs up."""
    own = Memory()
    standing = raise_walls(memory, output)
    wire.send(connection, wire.Greeting(standing, libraries()))
    while True:
        try:
            body, descriptors = wire.receive_with_files(connection, JOB_BYTES)
        except EOFError:
            return
        try:
            answer = _answer(tasks, msgspec.msgpack.decode(body, type=wire.Job), descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        wire.send(connection, msgspec.structs.replace(answer, resident=answer.resident or own.resident()))


def _answer(tasks: dict[str, Callable[..., Any]], job: wire.Job, descriptors: list[int]) -> wire.Answer:
    try:
        result = tasks[job.task](descriptors[0], job.parameters, *descriptors[1:])
        return wire.Answer(result=msgspec.Raw(wire.encode(result)))
    except MediaworksError as refusal:
        return wire.Answer(
            refusal=type(refusal).__name__, code=refusal.code, detail=refusal.detail, facts=refusal.facts
        )
    except MemoryError:
        return _refused("decoder_out_of_memory", "The file needs too much memory", resident=UNKNOWN)
    except OSError as error:
        return _too_much_written() if error.errno == errno.EFBIG else _refused("unreadable_media", _short(error))
    except Exception as error:
        return _refused("unreadable_media", _short(error))


def _refused(code: str, detail: str, *, resident: int = 0, **facts: Any) -> wire.Answer:
    return wire.Answer(refusal="Unprocessable", code=code, detail=detail, facts=facts, resident=resident)


def _too_much_written() -> wire.Answer:
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    detail = f"What is made is too large: {allowed} bytes are allowed, of all renditions together"
    return _refused("output_too_large", detail, limit=allowed)


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
    """Called as `child.py MODULE FD MEMORY OUTPUT FONTS`: MODULE has a table `TASKS` (and may have `libraries()`), FD is our
    end of the socket pair, FONTS the folder of the installation's fonts or nothing."""
    import importlib

    from mediaworks.processing import fonts

    fonts.use(sys.argv[5])
    module, descriptor, memory, output = sys.argv[1], *map(int, sys.argv[2:5])
    loaded = importlib.import_module(module)
    serve(loaded.TASKS, getattr(loaded, "libraries", dict), socket.socket(fileno=descriptor), memory, output)


if __name__ == "__main__":
    main()
