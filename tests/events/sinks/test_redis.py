"""Events in a real Redis."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import redis

from mediaworks.testing.service import Service, running, wait_until

if TYPE_CHECKING:
    from tests.events.sinks.conftest import Server

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def redis_server(new_redis: Callable[[], Server]) -> Server:
    return new_redis()


@pytest.fixture(scope="module")
def client(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory, redis_server: Server
) -> Iterator[httpx.Client]:
    """The administrator of a service that tells Redis."""
    service = Service(tmp_path_factory.mktemp("told") / "data", new_database(), settings=_settings(redis_server))
    with running(service), service.client() as client:
        yield client


def test_redis_hears_of_every_event_and_the_first_contract_on_its_channels(
    client: httpx.Client, redis_server: Server
) -> None:
    with _listening(redis_server, "*") as heard:
        media_id = _upload(client)
        wait_until(lambda: "media.ready" in dict(heard))
        client.delete(f"/api/v1/media/{media_id}")
        wait_until(lambda: "photo:deleted" in dict(heard))
        entries = [entry for entry in _entries(redis_server) if entry["subject"] == media_id]
    told = dict(heard)
    assert told["photo:deleted"] == {"id": media_id}
    assert told["photo:uploaded"].keys() >= {"id", "userId", "url"}
    assert told["photo:uploaded"]["id"] == media_id
    assert told["photo:uploaded"]["url"] == f"https://m.example/f/{media_id}/a.pdf"
    assert told["media.uploaded"]["subject"] == media_id
    assert [entry["type"] for entry in entries] == ["media.uploaded", "media.ready", "media.deleted"]
    assert entries[0].keys() == {"id", "type", "subject", "user_id", "occurred_at", "data"}


def test_a_redis_that_was_away_gets_everything_in_order_and_only_redis_waits(
    client: httpx.Client, redis_server: Server
) -> None:
    redis_server.stop()
    during = [_upload(client) for _ in range(5)]
    for media_id in during:
        client.delete(f"/api/v1/media/{media_id}")
    wait_until(lambda: _newest_deleted(client, 5) == during[::-1])
    wait_until(lambda: _sink(client)["failing_since"])
    assert _sink(client)["behind"] > 0
    redis_server.start()
    wait_until(lambda: _sink(client)["behind"] == 0)
    assert _sink(client)["failing_since"] is None
    expected = client.get("/api/v1/events/history", params={"order": "oldest", "scope": "all", "limit": 200}).json()
    assert _by_subject(_entries(redis_server)) == _by_subject(expected["items"])


def test_after_a_kill_between_commit_and_delivery_nothing_is_lost(
    own_service: Service, new_redis: Callable[[], Server]
) -> None:
    redis_server = new_redis()
    with_redis = replace(own_service, settings=_settings(redis_server))
    service = replace(with_redis, arguments=("--no-worker",)).start()
    with service.client() as client:
        uploaded = [_upload(client) for _ in range(3)]
    service.kill()
    assert _entries(redis_server) == []
    with running(replace(with_redis, port=service.port)):
        wait_until(lambda: set(uploaded) <= set(_subjects(redis_server)))


def _settings(server: Server) -> dict[str, str]:
    address = f"redis://127.0.0.1:{server.port}"
    return {"REDIS_URL": address, "MEDIAWORKS_DELIVERY_PUBLIC_URL": "https://m.example"}


def _upload(client: httpx.Client) -> str:
    content = b"%PDF-1.7\n" + str(threading.get_ident()).encode()
    answer = client.post("/api/v1/media/upload", files={"file": ("a.pdf", content)})
    return str(answer.raise_for_status().json()["id"])


def _newest_deleted(client: httpx.Client, limit: int) -> list[str]:
    """The history waits for transactions that began earlier, those of jobs too."""
    found = client.get("/api/v1/events/history", params={"types": "media.deleted", "limit": limit}).json()["items"]
    return [event["subject"] for event in found]


def _sink(client: httpx.Client) -> dict[str, Any]:
    found = client.get("/api/v1/events/sinks").json()["items"]
    return next(sink for sink in found if sink["name"] == "redis")


def _entries(server: Server) -> list[dict[str, str]]:
    with redis.Redis(port=server.port, decode_responses=True) as connection:
        found: Any = connection.xrange("mediaworks:events")
        return [fields for _, fields in found]


def _subjects(server: Server) -> list[str]:
    return [entry["subject"] for entry in _entries(server)]


def _by_subject(events: list[Any]) -> dict[str, list[str]]:
    """The ids of each subject's events in the order of their first coming."""
    found: dict[str, list[str]] = defaultdict(list)
    for event in events:
        if event["id"] not in found[event["subject"]]:
            found[event["subject"]].append(event["id"])
    return found


@contextmanager
def _listening(server: Server, pattern: str) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    heard: list[tuple[str, dict[str, Any]]] = []
    connection = redis.Redis(port=server.port, decode_responses=True)
    listener: Any = connection.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    listener.psubscribe(**{pattern: lambda message: heard.append((message["channel"], json.loads(message["data"])))})
    thread = listener.run_in_thread(sleep_time=0.05)
    try:
        yield heard
    finally:
        thread.stop()
        thread.join()
        connection.close()
