"""Requests whose failure may pass."""

from __future__ import annotations

from threading import Event
from typing import Any

import httpx

from mediaworks.cli.client import problem_of, unreachable
from mediaworks.errors import MediaworksError

AWAY = frozenset({408, 423, 425, 429, 502, 503, 504})


class Interrupted(MediaworksError):
    """A request that may go better later. `pause` is for how many seconds the other side asked."""

    code, title = "interrupted", "The connection broke"

    def __init__(self, cause: MediaworksError, pause: float = 0) -> None:
        super().__init__(cause.detail, code=cause.code)
        self.pause = pause


def ask(client: httpx.Client, met: Event, method: str, address: str, **request: Any) -> httpx.Response:
    """An answer, whatever it says; `met` is set by it. Raises Interrupted where there is none, or none yet."""
    try:
        answer = client.request(method, address, **request)
    except httpx.TransportError as error:
        raise Interrupted(unreachable(client, error)) from error
    if answer.status_code in AWAY:
        raise interruption(answer)
    met.set()
    return answer


def interruption(answer: httpx.Response) -> Interrupted:
    """An answer that is no good yet, with the pause that it asks for (Retry-After in seconds, RFC 9110 section 10.2.3)."""
    pause = answer.headers.get("retry-after", "")
    return Interrupted(problem_of(answer), float(pause) if pause.isdigit() else 0)
