"""Lists of 50 out of a million rows, at any page."""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from benchmarks.report import Row, percentile
from mediaworks.db.embedded import embedded_postgres
from mediaworks.testing.service import Service, running

ROWS = 1_000_000
_FILL = """
INSERT INTO media_objects (id, user_id, status, kind, original_name, mime_type, extension, size_bytes, sha256, storage_key,
    visibility, tags, processing_status, created_at)
SELECT gen_random_uuid(), (SELECT id FROM users LIMIT 1), 'active', CASE WHEN n % 10 = 0 THEN 'video' ELSE 'image' END,
    'name ' || n, 'image/jpeg', 'jpg', n % 9973 * 1000, md5(n::text), 'k' || n, 'private', '{}', 'ready',
    now() - n * interval '1 second'
FROM generate_series(1, :rows) n
"""


def run(folder: Path) -> Iterator[Row]:
    with embedded_postgres(folder / "postgres") as url, running(Service(folder / "data", database_url=url)) as service:
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(_FILL), {"rows": ROWS})
            connection.execute(text("VACUUM ANALYZE media_objects"))
            places = connection.execute(
                text("SELECT id, created_at, size_bytes FROM media_objects TABLESAMPLE SYSTEM (0.1)")
            ).all()
        engine.dispose()
        queries: dict[str, Callable[[Any], dict[str, str]]] = {
            "newest first": lambda row: {"cursor": _cursor("-created_at", row.created_at.isoformat(), row.id)},
            "largest first": lambda row: {
                "sort": "-size_bytes",
                "cursor": _cursor("-size_bytes", row.size_bytes, row.id),
            },
            "videos, newest first": lambda row: {
                "kind": "video",
                "cursor": _cursor("-created_at", row.created_at.isoformat(), row.id),
            },
        }
        with service.client() as client:
            for name, query in queries.items():
                times = []
                for row in random.Random(1).sample(places, 100):
                    began = time.perf_counter()
                    answer = client.get("/api/v1/media", params={"limit": "50"} | query(row))
                    times.append((time.perf_counter() - began) * 1000)
                    assert answer.status_code == 200, answer.text
                p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
                shown = f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
                yield Row(f"list of 50 out of {ROWS:,} rows, {name}, 100 random pages", shown, "p50 <20 ms", p50 < 20)


def _cursor(sort: str, value: object, media_id: object) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, value, str(media_id)]).encode()).rstrip(b"=").decode()
