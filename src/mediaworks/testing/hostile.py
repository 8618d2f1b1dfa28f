"""Tasks that try to leave the sandbox or to break it, for tests of its walls."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec


def read_file(descriptor: int, raw: msgspec.Raw) -> str:
    """Read the file that is named; answers what it held or what stopped it."""
    return _attempt(lambda: Path(msgspec.msgpack.decode(raw)).read_text())


def write_file(descriptor: int, raw: msgspec.Raw) -> str:
    return _attempt(lambda: str(Path(msgspec.msgpack.decode(raw)).write_text("was here")))


def write_out(descriptor: int, raw: msgspec.Raw, out: int) -> int:
    """Write so many bytes into the file that came for it."""
    written, data = 0, bytes(msgspec.msgpack.decode(raw))
    while written < len(data):
        written += os.write(out, memoryview(data)[written:])
    return written


def write_in(descriptor: int, raw: msgspec.Raw) -> str:
    return _attempt(lambda: f"wrote {os.write(descriptor, b'was here')}")


def reopen(descriptor: int, raw: msgspec.Raw) -> str:
    """Open the file that was handed over once more, to write into it."""
    return _attempt(lambda: f"opened {os.open(f'/proc/self/fd/{descriptor}', os.O_RDWR)}")


def hide_memory(descriptor: int, raw: msgspec.Raw) -> str:
    """Put bytes into a file without a name, where no limit of memory counts them."""
    return _attempt(lambda: f"wrote {os.write(os.memfd_create('hidden'), bytes(1 << 20))}")


def connect(descriptor: int, raw: msgspec.Raw) -> str:
    def attempt() -> str:
        with socket.create_connection(("127.0.0.1", msgspec.msgpack.decode(raw)), timeout=2):
            return "connected"

    return _attempt(attempt)


def run_program(descriptor: int, raw: msgspec.Raw) -> str:
    return _attempt(lambda: os.execv("/bin/true", ["true"]))


def fork(descriptor: int, raw: msgspec.Raw) -> str:
    return _attempt(lambda: str(os.fork()))


def signal_parent(descriptor: int, raw: msgspec.Raw) -> str:
    def attempt() -> str:
        os.kill(msgspec.msgpack.decode(raw), 0)
        return "reached"

    return _attempt(attempt)


def hang(descriptor: int, raw: msgspec.Raw) -> str:
    while True:
        time.sleep(60)


def crash(descriptor: int, raw: msgspec.Raw) -> str:
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    return str(ctypes.string_at(0))


def eat_memory(descriptor: int, raw: msgspec.Raw) -> int:
    return len([bytearray(64 << 20) for _ in range(1000)])


_kept: list[bytes] = []


def keep_memory(descriptor: int, raw: msgspec.Raw) -> int:
    """Hold on to so many bytes, as a library that leaks does."""
    _kept.append(b"x" * msgspec.msgpack.decode(raw))
    return os.getpid()


def pid(descriptor: int, raw: msgspec.Raw) -> int:
    return os.getpid()


def read_input(descriptor: int, raw: msgspec.Raw) -> bytes:
    return os.pread(descriptor, 100, 0)


def flood(descriptor: int, raw: msgspec.Raw) -> bytes:
    return bytes(msgspec.msgpack.decode(raw))


def _attempt(act: Callable[[], str]) -> str:
    try:
        return act()
    except OSError as error:
        return f"refused: {error.strerror}"


TASKS: dict[str, Callable[..., Any]] = {
    task.__name__: task
    for task in (
        read_file, write_file, write_out, write_in, reopen, hide_memory, keep_memory, connect, run_program, fork, signal_parent, hang, crash, eat_memory, pid, read_input, flood,
    )
}  # fmt: skip
