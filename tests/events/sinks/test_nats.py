"""Events in a real NATS JetStream."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
import nats
import pytest

from mediaworks.events import Published
from mediaworks.events.sinks import Sink, Surroundings, open_sinks
from mediaworks.kit.ids import new_id

if TYPE_CHECKING:
    from tests.events.sinks.conftest import Server


@pytest.fixture
def sink(nats_server: Server) -> Sink:
    return open_sinks([f"nats://127.0.0.1:{nats_server.port}"], Surroundings(lambda media_id, name: name))[0]


def some_events(count: int) -> list[Published]:
    return [
        Published(number, new_id(), "media.deleted", uuid4(), None, {"number": number}, datetime.now(UTC))
        for number in range(1, count + 1)
    ]


def test_each_event_comes_once_under_its_type_though_it_is_delivered_again(sink: Sink, nats_server: Server) -> None:
    events = some_events(5)

    async def steps() -> list[tuple[str, dict[str, Any]]]:
        await sink.deliver(events)
        await sink.deliver(events)
        await sink.close()
        return await read(nats_server.port, 5)

    found = asyncio.run(steps())
    assert [subject for subject, _ in found] == ["mediaworks.media.deleted"] * 5
    assert [body["id"] for _, body in found] == [str(event.id) for event in events]


def test_a_server_that_was_away_is_found_again(sink: Sink, nats_server: Server) -> None:
    events = some_events(3)

    async def steps() -> int:
        await sink.deliver(events[:1])
        nats_server.stop()
        with pytest.raises((OSError, nats.errors.Error)):
            await sink.deliver(events)
        nats_server.start()
        await sink.deliver(events)
        await sink.close()
        return len(await read(nats_server.port, 3))

    assert asyncio.run(steps()) == 3


async def read(port: int, count: int) -> list[tuple[str, dict[str, Any]]]:
    """Everything that the stream has."""
    client = await nats.connect(f"nats://127.0.0.1:{port}")
    stream = client.jetstream()
    assert (await stream.stream_info("MEDIAWORKS")).state.messages == count
    subscription = await stream.subscribe("mediaworks.>", ordered_consumer=True)
    messages = [await subscription.next_msg(timeout=5) for _ in range(count)]
    await client.close()
    return [(message.subject, msgspec.json.decode(message.data)) for message in messages]
