"""A receiver of webhooks on a real port: verifies signatures with an independent library, keeps what it got in order, and
answers as a test wants it to."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, `seconds` after the request."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Got:
    """A message as it came. `verified`: signed with a secret that the receiver knows. `number`: the how-manieth time it
    came, from 1."""

    message: dict[str, Any]
    headers: dict[str, str]
    verified: bool
    number: int
    at: float
    path: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Plan = Callable[[Got], Reply]


def takes_all(got: Got) -> Reply:
    return Reply()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    receiver: WebhookReceiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender may be killed at any time."""


class WebhookReceiver:
    """`with WebhookReceiver() as receiver:` its `url` goes into a webhook, whose secret goes into `secrets`; `got` has all
    that came and `taken` what was answered with success, both in the order in which it came. `plan` may be replaced."""

    def __init__(self, plan: Plan = takes_all, port: int = 0) -> None:
        self.plan = plan
        self.secrets: list[str] = []
        self.got: list[Got] = []
        self.taken: list[Got] = []
        self.at_once = 0
        self.most_at_once = 0
        self._times: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.receiver = self

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> WebhookReceiver:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def taken_by_subject(self) -> dict[str, list[int]]:
        """The sequences that were taken of each object, in the order in which they came."""
        found: dict[str, list[int]] = defaultdict(list)
        for got in list(self.taken):
            found[got.message["subject"]].append(got.message["sequence"])
        return dict(found)

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """What the plan has for this message."""
        with self._lock:
            got = self._note(path, headers, body)
            reply = self.plan(got)
            if 200 <= reply.status < 300:
                self.taken.append(got)
        time.sleep(reply.seconds)
        return reply

    def _note(self, path: str, headers: dict[str, str], body: bytes) -> Got:
        message_id = headers.get("webhook-id", "")
        self._times[message_id] += 1
        verified = any(_verifies(secret, headers, body) for secret in list(self.secrets))
        got = Got(json.loads(body), headers, verified, self._times[message_id], time.monotonic(), path)
        self.got.append(got)
        return got

    def count(self, change: int) -> None:
        with self._lock:
            self.at_once += change
            self.most_at_once = max(self.most_at_once, self.at_once)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        receiver.count(1)
        try:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(receiver.answer(self.path, headers, body))
        finally:
            receiver.count(-1)

    def do_GET(self) -> None:
        self.do_POST()

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        if reply.status != 204:
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Tests say what they saw themselves."""


def _verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True
