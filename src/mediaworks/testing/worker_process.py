"""A worker as a process of its own, which can be killed, and what its jobs must have come to in the end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import httpx
from sqlalchemy import NullPool, create_engine, make_url, text

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

TOLD_TWICE = """
    SELECT subject FROM outbox WHERE type LIKE 'job.%' OR type IN ('media.ready', 'media.failed', 'media.deleted')
    GROUP BY subject, type HAVING count(*) > 1
"""
NOT_SUCCEEDED = "SELECT id FROM jobs WHERE state <> 'succeeded' OR failed > 0"
LEFT_IN_THE_QUEUE = "SELECT id FROM procrastinate_jobs WHERE queue_name <> 'deliver'"
RUN_AGAIN = "SELECT id FROM jobs WHERE attempts > 1"


@dataclass(slots=True)
class WorkerProcess:
    """`mediaworks worker` over the database and the blobs of `service`, which has none itself."""

    service: Service
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "mediaworks", "worker", "--data-dir", str(self.service.data_dir)]
        with self.service.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.service.environment(), stdout=log, stderr=log, start_new_session=True, cwd="/"
            )

    def kill(self) -> None:
        """kill -9, of its decoders too."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def crash_workers(service: Service, cycles: int, *, pictures: int, seconds: float) -> None:
    """Kill a worker so many times while it has work to do, and wait until all is done. `seconds`: how long each lives
    at most once it has begun."""
    chance, worker = random.Random(7), WorkerProcess(service)
    with service.client() as client:
        for _ in range(cycles):
            _load(client, pictures)
            worker.start()
            wait_until(lambda: _any(client, "running"), 60)
            time.sleep(chance.uniform(0, seconds))
            worker.kill()
        worker.start()
        try:
            wait_until(lambda: not _any(client, "queued") and not _any(client, "running"), 120)
            wait_until(lambda: not rows(service.database_url, LEFT_IN_THE_QUEUE), 30)
        finally:
            worker.kill()


def _load(client: httpx.Client, pictures: int) -> None:
    """Uploads to understand, and a batch that deletes the half of them."""
    made = [_upload(client) for _ in range(pictures)]
    client.post("/api/v1/media/batch", json={"action": "delete", "ids": made[: pictures // 2]}).raise_for_status()


def _upload(client: httpx.Client) -> str:
    picture = media.image(".jpg", 400 + random.randrange(400), 300)
    made = client.post("/api/v1/media/upload", files={"file": ("a.jpg", picture)})
    return str(made.raise_for_status().json()["id"])


def _any(client: httpx.Client, state: str) -> bool:
    found = client.get("/api/v1/jobs", params={"state": state, "scope": "all", "limit": 1})
    return bool(found.json()["items"])


def rows(url: str, query: str) -> list[str]:
    """The first column of what the query finds."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as connection:
        return [str(one) for one in connection.execute(text(query)).scalars()]
