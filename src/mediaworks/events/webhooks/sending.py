"""One signed request to an endpoint, and what came back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import httpx
import msgspec

from mediaworks import __version__
from mediaworks.errors import Invalid
from mediaworks.events.webhooks.message import Message
from mediaworks.events.webhooks.model import Attempt, Secret
from mediaworks.events.webhooks.pauses import wished_pause
from mediaworks.kit import clock
from mediaworks.kit.egress import Egress
from mediaworks.kit.webhooks import StandardWebhook

AT_ONCE = 256
ANSWER_BYTES = 2048
ANSWER_LETTERS = 500
HEADERS = {
    "content-type": "application/json",
    "user-agent": f"Mediaworks/{__version__}",
    "accept-encoding": "identity",
}


class Sender:
    """Sends through the egress guard; `seconds`: the longest that one request takes in all. Close it."""

    def __init__(self, egress: Egress, seconds: float) -> None:
        self._egress = egress
        self._seconds = seconds
        self._client: httpx.AsyncClient | None = None

    async def send(self, url: str, secrets: Sequence[Secret], message: Message) -> tuple[Attempt, float | None]:
        """The attempt, and for how many seconds the endpoint wants to be left alone. Raises nothing: whatever goes wrong
        is what the attempt tells."""
        at, began = clock.now(), time.monotonic()
        body = msgspec.json.encode(message)
        signer = StandardWebhook(*(one.secret for one in secrets if one.ends_at is None or one.ends_at > at))
        headers = HEADERS | signer.headers(str(message.id), at, body)
        status, error, answer, wish = None, None, None, None
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._open().stream("POST", url, content=body, headers=headers) as response,
            ):
                status, wish = response.status_code, wished_pause(response.headers.get("retry-after"), at)
                answer = await _beginning(response)
        except Exception as failure:
            error = None if status is not None else self._told(failure)
        attempt = Attempt(at, status, round((time.monotonic() - began) * 1000), error or _refusal(status), answer)
        return attempt, wish if status in {429, 503} else None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = self._egress.client(idle_seconds=self._seconds, connections=AT_ONCE)
        return self._client

    def _told(self, failure: Exception) -> str:
        if isinstance(failure, TimeoutError | httpx.TimeoutException):
            return f"no answer within {self._seconds:g} s"
        text = failure.detail if isinstance(failure, Invalid) else str(failure)
        return _readable(text or type(failure).__name__)


def _refusal(status: int | None) -> str | None:
    if status is None or 200 <= status < 300:
        return None
    return f"answered with status {status}" + (", and redirects are not followed" if 300 <= status < 400 else "")


async def _beginning(response: httpx.Response) -> str:
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) >= ANSWER_BYTES:
            break
    return _readable(content.decode("utf-8", "replace"))


def _readable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text[:ANSWER_LETTERS]).strip()
