"""200 times kill -9 of the whole service under load: what was acknowledged must be there, and nothing else."""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from sqlalchemy import create_engine, make_url, text

from benchmarks.report import Row
from mediaworks.db.embedded import embedded_postgres
from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

CYCLES = int(os.environ.get("CRASH_CYCLES", "200"))
SENDERS = 4


def run(folder: Path) -> Iterator[Row]:
    chance = random.Random(7)
    acknowledged: dict[str, str] = {}
    with embedded_postgres(folder / "postgres") as url:
        service = Service(folder / "data", database_url=url, settings={"MEDIAWORKS_JOBS_STALLED_AFTER": "4"})
        for _ in range(CYCLES):
            service.start()
            key = service.admin_key
            with ThreadPoolExecutor(SENDERS) as threads:
                sending = [threads.submit(_send_until_it_dies, service, key) for _ in range(SENDERS)]
                time.sleep(chance.uniform(0.05, 0.8))
                service.kill()
                for one in sending:
                    acknowledged |= one.result()
        service.start()
        yield from _audit(service, url, acknowledged)
        service.stop()


def _send_until_it_dies(service: Service, key: str) -> dict[str, str]:
    acknowledged: dict[str, str] = {}
    with service.client(key) as client:
        while True:
            picture = random.random() < 0.2
            content = media.image(".jpg", 400, 300) if picture else media.PDF + os.urandom(random.randrange(1, 900_000))
            try:
                answer = client.post("/api/v1/media/upload", files={"file": ("a", content)})
            except httpx.TransportError:
                return acknowledged
            if answer.status_code != 201:
                return acknowledged
            acknowledged[answer.json()["id"]] = hashlib.sha256(content).hexdigest()


def _audit(service: Service, url: str, acknowledged: dict[str, str]) -> Iterator[Row]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))

    def rows(query: str) -> list[str]:
        with engine.connect() as connection:
            return [str(one) for one in connection.execute(text(query)).scalars()]

    wait_until(lambda: not rows("SELECT id FROM media_objects WHERE processing_status = 'pending'"), 300)
    wait_until(lambda: not rows("SELECT id FROM uploads"), 120)
    blobs = service.data_dir / "blobs"
    lost = [one for one, sha256 in acknowledged.items() if _sha256(blobs / "originals" / one[-2:] / one) != sha256]
    known = set(rows("SELECT storage_key FROM media_objects UNION ALL SELECT storage_key FROM media_variants"))
    kept = {str(path.relative_to(blobs)) for path in blobs.rglob("*") if path.is_file()}
    twice = rows("SELECT subject FROM outbox WHERE type = 'media.uploaded' GROUP BY subject HAVING count(*) > 1")
    engine.dispose()
    yield Row(
        f"kill -9 × {CYCLES} under load: {len(acknowledged):,} uploads acknowledged",
        f"{len(lost)} lost or changed",
        "0",
        not lost,
    )
    yield Row("… blobs without a row", str(len(kept - known)), "0", not kept - known)
    yield Row("… rows without a blob", str(len(known - kept)), "0", not known - kept)
    yield Row("… uploads told of twice", str(len(twice)), "0", not twice)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "missing"
