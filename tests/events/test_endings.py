"""What streams do when keys, users, and the service itself come to their end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx

from mediaworks.testing.service import Service

if TYPE_CHECKING:
    from tests.events.conftest import Listener

    Listen = Callable[..., Listener]
    Upload = Callable[[httpx.Client], str]


def test_fifty_streams_do_not_hold_up_the_stop(idle_service: Service, listen: Listen, upload: Upload) -> None:
    idle_service.start()
    with idle_service.client() as admin:
        admin._transport = httpx.HTTPTransport(limits=httpx.Limits(max_connections=60))
        streams = [listen(admin, types="media.uploaded") for _ in range(50)]
        upload(admin)
        for one in streams:
            one.wait_for(1)
        began = time.monotonic()
        assert idle_service.stop() == 0
        assert time.monotonic() - began < 8
        assert all(one.ended.wait(1) for one in streams)


def test_a_key_that_is_revoked_loses_its_stream(admin: httpx.Client, client: httpx.Client, listen: Listen) -> None:
    heard = listen(client)
    keys = admin.get("/api/v1/keys").json()["items"]
    key_id = next(one["id"] for one in keys if one["user_id"] == client.headers["x-test-user"])
    assert not heard.ended.wait(1)
    admin.delete(f"/api/v1/keys/{key_id}").raise_for_status()
    assert heard.ended.wait(10)
    assert heard.comments[-1] == "invalid_key"


def test_a_stream_goes_on_after_a_restart_without_a_gap(idle_service: Service, listen: Listen, upload: Upload) -> None:
    idle_service.start()
    with idle_service.client() as admin:
        first = listen(admin, types="media.uploaded")
        seen = upload(admin)
        last_id = first.wait_for(1)[0]["id"]
        missed = upload(admin)
        idle_service.kill()
        idle_service.start()
        later = upload(admin)
        again = listen(admin, last_id=last_id, types="media.uploaded")
        assert [event["subject"] for event in again.wait_for(2)] == [missed, later]
        assert first.events[0]["subject"] == seen
