"""Commands as a user calls them: real processes against a real service."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from mediaworks.testing.service import Service

PROGRAM = (sys.executable, "-m", "mediaworks")
LIMIT_SECONDS = 120
_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Done:
    """What a finished command left."""

    code: int
    out: bytes
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def text(self) -> str:
        """What can be read on the terminal, without what only steers it."""
        return _STEERING.sub("", self.out.decode())


@dataclass(frozen=True, slots=True)
class Shell:
    """A working folder and an environment to call commands in."""

    folder: Path
    environment: dict[str, str]

    def call(self, *arguments: str, **changes: str) -> Done:
        return self.feed(b"", *arguments, **changes)

    def feed(self, stdin: bytes, *arguments: str, **changes: str) -> Done:
        environment = self.environment | changes
        done = subprocess.run(
            [*PROGRAM, *arguments], env=environment, input=stdin, capture_output=True, cwd=self.folder,
            timeout=LIMIT_SECONDS,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr.decode())

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The command under way, with unbuffered pipes to its input and from its outputs."""
        pipe = subprocess.PIPE
        command = [*PROGRAM, *arguments]
        return subprocess.Popen(
            command, env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe, cwd=self.folder, bufsize=0
        )

    def on_terminal(self, *arguments: str, typed: bytes = b"", **changes: str) -> Done:
        """`out` is all that a terminal of 160 columns shows, standard error too."""
        ours, theirs = pty.openpty()
        environment = self.environment | {"TERM": "xterm-256color", "COLUMNS": "160"} | changes
        with subprocess.Popen(
            [*PROGRAM, *arguments], env=environment, stdin=theirs, stdout=theirs, stderr=theirs, cwd=self.folder
        ) as process:
            os.close(theirs)
            os.write(ours, typed)
            shown = _read_all(ours)
            return Done(process.wait(LIMIT_SECONDS), shown, "")


@dataclass(slots=True)
class Line:
    """A way to a service; after `allowed` connections it is dead. `sent` has the bytes that each of them carried."""

    address: str
    allowed: int
    connections: list[socket.socket] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)


class BadLine(Protocol):
    def __call__(
        self, *, to: Service | None = None, forth: int | None = None, back: int | None = None, allowed: int = 1000
    ) -> AbstractContextManager[Line]:
        """A line whose every connection is cut when so many bytes went forth or back over it, and that is dead after
        `allowed` of them."""
        ...


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache folder of the user who calls commands."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def shell(service: Service, client: httpx.Client, tmp_path: Path, cache: Path) -> Shell:
    """A folder of one's own, and the key of a user who has nothing yet."""
    key = {"MEDIAWORKS_SERVER": service.url, "MEDIAWORKS_API_KEY": client.headers["x-api-key"]}
    return Shell(tmp_path, service.environment() | key | {"XDG_CACHE_HOME": str(cache)})


@pytest.fixture
def stray_shell(tmp_path: Path, cache: Path) -> Shell:
    """A folder of one's own, and no service."""
    return Shell(tmp_path, Service(tmp_path).environment() | {"XDG_CACHE_HOME": str(cache)})


@pytest.fixture
def bad_line(service: Service) -> BadLine:
    """Makes bad lines to the service that all tests share, or another."""

    @contextmanager
    def make(
        *, to: Service | None = None, forth: int | None = None, back: int | None = None, allowed: int = 1000
    ) -> Iterator[Line]:
        with socket.create_server(("127.0.0.1", 0)) as door:
            line = Line(f"http://127.0.0.1:{door.getsockname()[1]}", allowed)
            attendant = threading.Thread(target=_attend, args=(door, line, (to or service).port, forth, back))
            attendant.start()
            yield line
            door.shutdown(socket.SHUT_RDWR)
        attendant.join()

    return make


@pytest.fixture
def uploaded(shell: Shell) -> Callable[..., str]:
    """Uploads `content` and returns its id."""

    def upload(content: bytes, name: str = "a.pdf") -> str:
        media_id: str = shell.feed(content, "upload", "-", "--name", name).json["items"][0]["id"]
        return media_id

    return upload


def _attend(door: socket.socket, line: Line, port: int, forth: int | None, back: int | None) -> None:
    with suppress(OSError):
        while True:
            near = door.accept()[0]
            line.connections.append(near)
            line.sent.append(0)
            if len(line.connections) > line.allowed:
                near.close()
                continue
            number = len(line.sent) - 1
            threading.Thread(target=_connect, args=(near, port, line, number, forth, back), daemon=True).start()


def _connect(near: socket.socket, port: int, line: Line, number: int, forth: int | None, back: int | None) -> None:
    def count(size: int) -> None:
        line.sent[number] += size

    with near, suppress(OSError), socket.create_connection(("127.0.0.1", port)) as far:
        sending = threading.Thread(target=_copy, args=(near, far, forth, count), daemon=True)
        sending.start()
        _copy(far, near, back, lambda _: None)
        _shut(near, far)
        sending.join()


def _copy(source: socket.socket, target: socket.socket, limit: int | None, passed: Callable[[int], None]) -> None:
    """Until one of them ends; at the limit both do."""
    left = limit
    with suppress(OSError):
        while (left is None or left > 0) and (piece := source.recv(16384)):
            target.sendall(piece)
            passed(len(piece))
            left = None if left is None else left - len(piece)
    if left is not None and left <= 0:
        _shut(source, target)


def _shut(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _read_all(terminal: int) -> bytes:
    shown = b""
    try:
        while piece := os.read(terminal, 65536):
            shown += piece
    except OSError:  # what Linux says when the other side of a terminal is closed
        pass
    finally:
        os.close(terminal)
    return shown
