"""100 tus uploads of 64 MiB, each broken off at random places, under a service that is killed and started again."""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import socket
import struct
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx

from benchmarks.report import Row
from mediaworks.db.embedded import embedded_postgres
from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

T = TypeVar("T")

UPLOADS = int(os.environ.get("BROKEN_UPLOADS", "100"))
SIZE = 64 << 20
AT_ONCE = 8
KILLS = 5
BREAKS_EACH = 4
CHUNKS = (1 << 20, 5 << 20, 17 << 20, SIZE)
PIECE = 256 << 10
PATIENCE_SECONDS = 90
AWAY = (OSError, http.client.HTTPException, httpx.TransportError)


def run(folder: Path) -> Iterator[Row]:
    with embedded_postgres(folder / "postgres") as url:
        service = Service(folder / "data", database_url=url).start()
        began = time.monotonic()
        with _killing(service) as kills, ThreadPoolExecutor(AT_ONCE) as threads:
            outcomes = list(threads.map(lambda number: _Sender(service, number).run(), range(UPLOADS)))
        seconds = time.monotonic() - began
        service.stop()
    same = sum(outcome.same for outcome in outcomes)
    broken = sum(outcome.breaks for outcome in outcomes)
    what = f"{UPLOADS} tus uploads of 64 MiB, {AT_ONCE} at once, {broken} connections cut, {kills[0]} times kill -9"
    yield Row(what, f"{same} arrived bit-identical in {seconds:.0f} s", "all", same == UPLOADS)


@dataclass(slots=True)
class _Outcome:
    same: bool = False
    breaks: int = 0


@dataclass(slots=True)
class _Sender:
    """One file on its way, through one broken connection after another."""

    service: Service
    number: int
    chance: random.Random = field(init=False)
    content: bytes = b""
    outcome: _Outcome = field(default_factory=_Outcome)

    def run(self) -> _Outcome:
        self.chance = random.Random(self.number)
        self.content = media.PDF + os.urandom(SIZE - len(media.PDF))
        address = _patiently(self._create)
        while (offset := _patiently(lambda: self._offset(address))) < SIZE:
            size = min(self.chance.choice(CHUNKS), SIZE - offset)
            cut = self.chance.randrange(size) if self.outcome.breaks < BREAKS_EACH else None
            self._append(address, offset, size, cut)
        self.outcome.same = _patiently(lambda: self._is_same(address))
        self.content = b""
        return self.outcome

    def _create(self) -> str:
        name = b64encode(f"{self.number}.pdf".encode()).decode()
        headers = {"Upload-Length": str(SIZE), "Upload-Metadata": f"filename {name}"}
        return str(self._ask("POST", "/api/v1/uploads", headers).headers["location"])

    def _offset(self, address: str) -> int:
        return int(self._ask("HEAD", address, {}).headers["upload-offset"])

    def _append(self, address: str, offset: int, size: int, cut: int | None) -> None:
        """One PATCH; with `cut` only so many bytes of it, and then the line is dead: by FIN or by RST."""
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
        try:
            connection.putrequest("PATCH", httpx.URL(address).path)
            for name, value in {
                "Tus-Resumable": "1.0.0", "X-API-Key": self.service.admin_key, "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream", "Content-Length": str(size),
            }.items():  # fmt: skip
                connection.putheader(name, value)
            connection.endheaders()
            stop = offset + (size if cut is None else cut)
            for start in range(offset, stop, PIECE):
                connection.send(memoryview(self.content)[start : min(start + PIECE, stop)])
            if cut is None:
                connection.getresponse().read()
            else:
                self._break(connection.sock)
        except AWAY:
            time.sleep(0.2)
        finally:
            connection.close()

    def _break(self, line: socket.socket) -> None:
        self.outcome.breaks += 1
        if self.chance.random() < 0.5:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _is_same(self, address: str) -> bool:
        upload = wait_until(lambda: self._finished(address))
        assert upload["state"] == "done", upload
        digest = hashlib.sha256()
        with (
            self.service.client() as client,
            client.stream("GET", f"/api/v1/media/{upload['media_id']}/download") as answer,
        ):
            for chunk in answer.raise_for_status().iter_bytes():
                digest.update(chunk)
            told: str = client.get(f"/api/v1/media/{upload['media_id']}").json()["sha256"]
        return digest.hexdigest() == told == hashlib.sha256(self.content).hexdigest()

    def _finished(self, address: str) -> dict[str, str] | None:
        upload: dict[str, str] = self._ask("GET", address, {}).json()
        return None if upload["state"] == "open" else upload

    def _ask(self, method: str, address: str, headers: dict[str, str]) -> httpx.Response:
        with self.service.client() as client:
            answer = client.request(method, address, headers={"Tus-Resumable": "1.0.0", **headers})
        if answer.status_code in {423, 503}:
            raise httpx.ReadError(f"{answer.status_code}")
        return answer.raise_for_status()


def _patiently(request: Callable[[], T]) -> T:
    """Its answer, asked for again while the service is away."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return request()
        except AWAY:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@contextmanager
def _killing(service: Service) -> Iterator[list[int]]:
    """kill -9 and a new start, KILLS times while the block runs; how often, in a list of one."""
    done, kills = threading.Event(), [0]

    def kill_now_and_then() -> None:
        while kills[0] < KILLS and not done.wait(random.uniform(3, 8)):
            service.kill()
            service.start()
            kills[0] += 1

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    try:
        yield kills
    finally:
        done.set()
        killer.join()
