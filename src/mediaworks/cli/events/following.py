"""A stream of server-sent events (WHATWG HTML, section 9.2), read over as many connections as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mediaworks.cli.client import problem_of, unreachable

if TYPE_CHECKING:
    import httpx

SILENCE_SECONDS = 40.0  # the service says something every 15 s


class Feed:
    """`met`: whether the service answered once."""

    def __init__(self, query: dict[str, str], last_id: str | None) -> None:
        self._query = query
        self._last_id = last_id
        self.met = False

    def read(self, client: httpx.Client) -> Iterator[dict[str, Any]]:
        """Events from after the last one that was seen, until the stream ends. Raises Unreachable, and ServiceError for
        what the service does not allow."""
        import httpx

        headers = {"accept": "text/event-stream"} | ({"last-event-id": self._last_id} if self._last_id else {})
        timeout = httpx.Timeout(10, read=SILENCE_SECONDS)
        try:
            with client.stream(
                "GET", "/api/v1/events", params=self._query, headers=headers, timeout=timeout
            ) as response:
                if response.status_code == 503 and self.met:
                    return
                if not response.is_success:
                    response.read()
                    raise problem_of(response)
                self.met = True
                yield from self._events(response.iter_lines())
        except httpx.TransportError as error:
            raise unreachable(client, error) from error

    def _events(self, lines: Iterator[str]) -> Iterator[dict[str, Any]]:
        import msgspec

        last_id = self._last_id
        for line in lines:
            if line.startswith("id:"):
                last_id = line.removeprefix("id:").strip()
            elif line.startswith("data:"):
                yield msgspec.json.decode(line.removeprefix("data:"))
            elif not line:
                self._last_id = last_id
