"""A real service in processes of its own, for tests and benchmarks."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx

T = TypeVar("T")

START_SECONDS = 60.0
STOP_SECONDS = 40.0


@dataclass(slots=True)
class Service:
    """A service over `data_dir`; `start` it, and `stop` or `kill` it as often as a test likes."""

    data_dir: Path
    database_url: str = ""
    workers: int = 1
    arguments: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def admin_key(self) -> str:
        return (self.data_dir / "admin.key").read_text()

    @property
    def log(self) -> Path:
        return self.data_dir.with_name(self.data_dir.name + ".log")

    def environment(self) -> dict[str, str]:
        """The whole environment of the service: nothing of the caller's gets through."""
        shared = {
            "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/tmp",
            "LANG": "C.UTF-8",
        }
        database = {"DATABASE_URL": self.database_url} if self.database_url else {}
        return shared | database | dict(self.settings)

    def command(self) -> list[str]:
        return [
            *self.prefix, sys.executable, "-m", "mediaworks", "serve", "--port", str(self.port),
            "--workers", str(self.workers), "--data-dir", str(self.data_dir), *self.arguments,
        ]  # fmt: skip

    def start(self) -> Service:
        """Return when `/health/ready` answers. Raises RuntimeError with the log when it does not."""
        self.port = self.port or free_port()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), env=self.environment(), stdout=log, stderr=log, start_new_session=True, cwd="/"
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the service did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)
        return self

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5, trust_env=False, verify=False).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> int:
        """End it as an administrator would (SIGTERM); returns its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """kill -9 of every process of the service at once, but for the embedded PostgreSQL."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def client(self, key: str | None = None) -> httpx.Client:
        """A client with the admin's key, or another. It loads no certificates, which would take it 20 ms."""
        return httpx.Client(
            base_url=self.url, headers={"x-api-key": key or self.admin_key}, timeout=60, trust_env=False, verify=False
        )

    def user(
        self,
        *,
        role: str = "user",
        quota_bytes: int | None = None,
        scopes: Sequence[str] | None = None,
        policy: Mapping[str, Any] | None = None,
    ) -> httpx.Client:
        """A client with the key of a new user, whose id stands in its header `x-test-user`."""
        with self.client() as admin:
            person = {"name": uuid4().hex, "role": role, "quota_bytes": quota_bytes}
            user = admin.post("/api/v1/users", json=person).json()["id"]
            opening = {"name": "test", "user_id": user, "scopes": scopes, "policy": policy or {}}
            key = admin.post("/api/v1/keys", json=opening).json()["key"]
        client = self.client(key)
        client.headers["x-test-user"] = user
        return client


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """The service, started, until the block ends: at once, unless it has a PostgreSQL of its own to stop."""
    try:
        yield service.start()
    finally:
        if service.process is not None and service.process.poll() is None:
            service.kill() if service.database_url else service.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], T | None], seconds: float = 20.0) -> T:
    """The first true answer of `condition`, asked again and again. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.02)
    raise TimeoutError(f"{condition} did not come true within {seconds} s")
