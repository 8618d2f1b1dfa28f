"""NATS JetStream: each event under `mediaworks.<type>`, with its id as Nats-Msg-Id, so that a repetition is taken once."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from mediaworks.events.model import Published
from mediaworks.events.sinks.port import Surroundings
from mediaworks.events.view import event_view

STREAM = "MEDIAWORKS"
PREFIX = "mediaworks"
ANSWER_SECONDS = 5.0


class NatsSink:
    """Makes the stream `MEDIAWORKS` unless a stream takes these subjects already."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.name = f"nats://{parts.hostname}:{parts.port or 4222}"
        self._address = address
        self._client: Client | None = None
        self._stream: JetStreamContext | None = None

    async def deliver(self, events: Sequence[Published]) -> None:
        stream = self._stream or await self._connect()
        try:
            for event in events:
                body, headers = msgspec.json.encode(event_view(event)), {"Nats-Msg-Id": str(event.id)}
                await stream.publish(f"{PREFIX}.{event.type}", body, timeout=ANSWER_SECONDS, headers=headers)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        client, self._client, self._stream = self._client, None, None
        if client is not None:
            await client.close()

    async def _connect(self) -> JetStreamContext:
        self._client = await nats.connect(
            self._address, connect_timeout=ANSWER_SECONDS, allow_reconnect=False, error_cb=_silent
        )
        stream = self._client.jetstream(timeout=ANSWER_SECONDS)
        try:
            await stream.find_stream_name_by_subject(f"{PREFIX}.media.uploaded")
        except NotFoundError:
            await stream.add_stream(name=STREAM, subjects=[f"{PREFIX}.>"])
        self._stream = stream
        return stream


def open_sink(address: str, surroundings: Surroundings) -> NatsSink:
    """Raises ValueError for an address without a host."""
    if not urlsplit(address).hostname:
        raise ValueError("it names no host, as nats://127.0.0.1:4222 does")
    return NatsSink(address)


async def _silent(error: Exception) -> None:
    """What fails is raised where it fails."""
