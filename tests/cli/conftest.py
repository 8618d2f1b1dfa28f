"""Commands as a user calls them: real processes against a real service."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@pytest.fixture
def shell(service: Service, client: httpx.Client, tmp_path: Path) -> Shell:
    """A folder of one's own, and the key of a user who has nothing yet."""
    key = {"MEDIAWORKS_SERVER": service.url, "MEDIAWORKS_API_KEY": client.headers["x-api-key"]}
    return Shell(tmp_path, service.environment() | key)


@pytest.fixture
def stray_shell(tmp_path: Path) -> Shell:
    """A folder of one's own, and no service."""
    return Shell(tmp_path, Service(tmp_path).environment())


@pytest.fixture
def uploaded(shell: Shell) -> Callable[..., str]:
    """Uploads `content` and returns its id."""

    def upload(content: bytes, name: str = "a.pdf") -> str:
        media_id: str = shell.feed(content, "upload", "-", "--name", name).json["items"][0]["id"]
        return media_id

    return upload


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
