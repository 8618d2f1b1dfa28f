"""Streams of events, read as a browser reads them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from mediaworks.testing.service import wait_until


@dataclass(slots=True)
class Listener:
    """A stream that is read in a thread of its own until it ends or is closed."""

    client: httpx.Client
    parameters: dict[str, Any]
    headers: dict[str, str]
    events: list[dict[str, Any]] = field(default_factory=list)
    last_id: str = ""
    ids: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    status: int | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    response: httpx.Response | None = None

    def open(self) -> Listener:
        threading.Thread(target=self._read, daemon=True).start()
        wait_until(lambda: self.status is not None and (self.status != 200 or "connected" in self.comments))
        return self

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        wait_until(lambda: len(self.events) >= count)
        return self.events

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def close(self) -> None:
        if self.response is not None:
            with suppress(Exception):
                self.response.close()

    def _read(self) -> None:
        with suppress(httpx.HTTPError, httpx.StreamError, ValueError, OSError):
            timeout = httpx.Timeout(60)
            with self.client.stream(
                "GET", "/api/v1/events", params=self.parameters, headers=self.headers, timeout=timeout
            ) as response:
                self.response, self.status = response, response.status_code
                for line in response.iter_lines():
                    self._take(line)
        self.status = self.status or 0
        self.ended.set()

    def _take(self, line: str) -> None:
        name, _, value = line.partition(": ")
        if line.startswith(": "):
            self.comments.append(line[2:])
        elif name == "id":
            self.last_id = value
        elif name == "data":
            self.ids.append(self.last_id)
            self.events.append(json.loads(value))


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    """Opens streams: `listen(client, last_event_id=…, types=…)`; they are there when it returns."""
    opened: list[Listener] = []

    def start(client: httpx.Client, *, last_id: str | None = None, **parameters: Any) -> Listener:
        headers = {"last-event-id": last_id} if last_id else {}
        opened.append(Listener(client, parameters, headers).open())
        return opened[-1]

    yield start
    for listener in opened:
        listener.close()


@pytest.fixture
def upload() -> Callable[[httpx.Client], str]:
    """Uploads a file with content of its own and returns the id of its media object."""

    def send(client: httpx.Client) -> str:
        content = b"%PDF-1.7\n" + str(time.time_ns()).encode()
        answer = client.post("/api/v1/media/upload", files={"file": ("a.pdf", content)})
        return str(answer.raise_for_status().json()["id"])

    return send
