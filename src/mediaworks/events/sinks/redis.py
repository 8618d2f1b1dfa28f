"""Redis: every event in a stream, and told to who listens on channels; `photo:…` are those of the first contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from mediaworks.events.model import Published
from mediaworks.events.sinks.port import Surroundings
from mediaworks.events.view import event_view

STREAM = "mediaworks:events"
KEPT = 100_000
ANSWER_SECONDS = 10.0


class RedisSink:
    """A transaction for each batch: the stream has all of it or nothing."""

    name = "redis"

    def __init__(self, address: str, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._redis: Redis = Redis.from_url(
            address,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
            max_connections=2,
        )

    async def deliver(self, events: Sequence[Published]) -> None:
        async with self._redis.pipeline(transaction=True) as batch:
            for event in events:
                batch.xadd(STREAM, _entry(event), maxlen=KEPT, approximate=True)
                batch.publish(event.type, msgspec.json.encode(event_view(event)))
                for channel, message in self._first_contract(event):
                    batch.publish(channel, msgspec.json.encode(message))
            await batch.execute()

    async def close(self) -> None:
        await self._redis.aclose()

    def _first_contract(self, event: Published) -> Iterator[tuple[str, dict[str, Any]]]:
        if event.type == "media.uploaded":
            yield "photo:uploaded", self._uploaded(event)
        if event.type == "media.deleted":
            yield "photo:deleted", {"id": event.subject}

    def _uploaded(self, event: Published) -> dict[str, Any]:
        name = event.data["original_name"]
        return {
            "id": event.subject,
            "userId": event.user_id,
            "url": self._surroundings.public_url(event.subject, name),
            "originalName": name,
            "mimeType": event.data["mime_type"],
            "sizeBytes": event.data["size_bytes"],
            "createdAt": event.created_at,
        }


def open_sink(address: str, surroundings: Surroundings) -> RedisSink:
    return RedisSink(address, surroundings)


def _entry(event: Published) -> dict[Any, Any]:
    return {
        "id": str(event.id),
        "type": event.type,
        "subject": str(event.subject),
        "user_id": str(event.user_id or ""),
        "occurred_at": event.created_at.isoformat(),
        "data": msgspec.json.encode(event.data),
    }
