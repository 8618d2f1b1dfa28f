"""10,000 events to a webhook that fails half of the time: each at least once, in order for each object."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

from benchmarks.report import Row
from mediaworks.db import Database, DatabaseConfig
from mediaworks.db.embedded import embedded_postgres
from mediaworks.events import Event, record
from mediaworks.testing.service import Service, running, wait_until
from mediaworks.testing.webhook_receiver import Reply, WebhookReceiver

EVENTS = int(os.environ.get("WEBHOOK_EVENTS", "10000"))
SUBJECTS = 100
SETTINGS = {
    "MEDIAWORKS_EGRESS_ALLOW": "127.0.0.1",
    "MEDIAWORKS_WEBHOOKS_FIRST_PAUSE": "0.05",
    "MEDIAWORKS_WEBHOOKS_LONGEST_PAUSE": "1",
}


def run(folder: Path) -> Iterator[Row]:
    chance = random.Random(7)
    with (
        embedded_postgres(folder / "postgres") as url,
        running(Service(folder / "data", database_url=url, settings=SETTINGS)) as service,
        WebhookReceiver(lambda got: Reply(500 if chance.random() < 0.5 else 204)) as receiver,
        service.client() as admin,
    ):
        made = admin.post("/api/v1/webhooks", json={"url": receiver.url, "events": ["media.updated"]}).json()
        receiver.secrets.append(made["secret"])
        began = time.monotonic()
        asyncio.run(_happen(url, UUID(made["user_id"])))
        wait_until(lambda: len(receiver.taken) >= EVENTS and len({got.id for got in receiver.taken}) >= EVENTS, 1800)
        yield from _judge(receiver, time.monotonic() - began)


async def _happen(url: str, user_id: UUID) -> None:
    """In turn for each object, a hundred to a transaction."""
    subjects = [uuid4() for _ in range(SUBJECTS)]
    database = Database(DatabaseConfig(url=url, pool_size=1))
    for _ in range(EVENTS // SUBJECTS):
        async with database.transaction() as connection:
            events = [Event("media.updated", subject, user_id, {"changed": ["tags"]}) for subject in subjects]
            await record(connection, *events)
    await database.close()


def _judge(receiver: WebhookReceiver, seconds: float) -> Iterator[Row]:
    taken = receiver.taken_by_subject()
    ids = {got.id for got in receiver.taken}
    ordered = sum(list(dict.fromkeys(places)) == sorted(set(places)) for places in taken.values())
    forged = sum(not got.verified for got in receiver.got)
    yield Row(
        f"{EVENTS:,} events to a webhook that fails half of the time ({len(receiver.got):,} attempts)",
        f"{EVENTS - len(ids)} lost, {len(receiver.taken) - len(ids)} twice",
        "0 lost",
        len(ids) == EVENTS,
    )
    yield Row("… objects whose order held", f"{ordered} of {SUBJECTS}", str(SUBJECTS), ordered == SUBJECTS)
    yield Row("… whose signature did not verify", str(forged), "0", forged == 0)
    yield Row("… attempts each second", f"{len(receiver.got) / seconds:,.0f}")
