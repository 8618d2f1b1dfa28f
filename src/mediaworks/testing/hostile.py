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


TASKS: dict[str, Callable[[int, msgspec.Raw], Any]] = {
    task.__name__: task
    for task in (
        read_file, write_file, connect, run_program, fork, signal_parent, hang, crash, eat_memory, pid, read_input, flood,
    )
}  # fmt: skip
