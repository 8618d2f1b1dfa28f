"""Real servers that can be stopped and started."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mediaworks.testing.service import free_port, wait_until

PROGRAMS = Path(sys.executable).parent


@dataclass(slots=True)
class Server:
    """A program that listens on `port` and keeps what it knows in a folder of its own."""

    command: list[str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        command = [part.format(port=self.port) for part in self.command]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers)
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


@pytest.fixture(scope="session")
def new_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Server]]:
    """Starts servers that have on disk whatever they have acknowledged."""
    started: list[Server] = []

    def make() -> Server:
        folder = tmp_path_factory.mktemp("redis")
        keeping = ["--dir", str(folder), "--appendonly", "yes", "--appendfsync", "always"]
        started.append(Server([str(PROGRAMS / "redis-server"), "--port", "{port}", *keeping]).start())
        return started[-1]

    yield make
    for server in started:
        server.stop()


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[Server]:
    program = str(PROGRAMS / "nats-server")
    server = Server([program, "-a", "127.0.0.1", "-p", "{port}", "-js", "-sd", str(tmp_path / "nats")])
    yield server.start()
    server.stop()
