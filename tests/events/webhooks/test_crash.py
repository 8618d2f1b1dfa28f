from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing.service import Service, running, wait_until
from mediaworks.testing.webhook_receiver import Reply, WebhookReceiver

if TYPE_CHECKING:
    from tests.events.webhooks.conftest import Happen, Hook

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def hooked(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose leases are short."""
    settings = {
        "MEDIAWORKS_EGRESS_ALLOW": "127.0.0.1",
        "MEDIAWORKS_WEBHOOKS_FIRST_PAUSE": "0.02",
        "MEDIAWORKS_WEBHOOKS_SECONDS": "0.5",
    }
    data_dir = tmp_path_factory.mktemp("crashing") / "data"
    with running(Service(data_dir, database_url=new_database(), settings=settings)) as started:
        yield started


def worker_of(service: Service) -> int | None:
    """The process id of the service's worker."""
    assert service.process is not None
    for children in Path(f"/proc/{service.process.pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text().split():
                if b"worker" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                    return int(child)
    return None


def has_taken(receiver: WebhookReceiver, count: int) -> bool:
    return len({got.id for got in receiver.taken}) >= count


def test_kill_9_of_the_worker_loses_no_delivery_and_keeps_the_order(
    hooked: Service, new_user: Callable[..., httpx.Client], receiver: WebhookReceiver, hook: Hook, happen: Happen
) -> None:
    user = new_user()
    hook(user)
    receiver.plan = lambda got: Reply(seconds=0.02)
    happen(user, [uuid4() for _ in range(12)], times=10)
    wait_until(partial(has_taken, receiver, 40), 60)
    os.kill(wait_until(lambda: worker_of(hooked)), signal.SIGKILL)
    assert not has_taken(receiver, 120)
    wait_until(partial(has_taken, receiver, 120), 60)
    for places in receiver.taken_by_subject().values():
        first_time = list(dict.fromkeys(places))
        assert first_time == sorted(first_time)
        assert len(first_time) == 10
