"""`python -m benchmarks [NAME…]`: run benchmarks one after another and write what they measured to RESULTS.md."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import (
    audit,
    auto_quality,
    broken_uploads,
    crashes,
    events_latency,
    images,
    jobs,
    latency,
    listing,
    pool_memory,
    resumable_model,
    s3_upload,
    slow_uploads,
    sound,
    start,
    streaming,
    transcoding,
    tus,
    understanding,
    upload,
    webhooks,
    worker_crashes,
)
from benchmarks.report import Row

BENCHMARKS = {
    "start": start.run,
    "understanding": understanding.run,
    "pool_memory": pool_memory.run,
    "images": images.run,
    "auto_quality": auto_quality.run,
    "latency": latency.run,
    "listing": listing.run,
    "streaming": streaming.run,
    "transcoding": transcoding.run,
    "sound": sound.run,
    "audit": audit.run,
    "events_latency": events_latency.run,
    "upload": upload.run,
    "tus": tus.run,
    "s3_upload": s3_upload.run,
    "slow_uploads": slow_uploads.run,
    "broken_uploads": broken_uploads.run,
    "resumable_model": resumable_model.run,
    "webhooks": webhooks.run,
    "crashes": crashes.run,
    "jobs": jobs.run,
    "worker_crashes": worker_crashes.run,
}
RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> None:
    names = sys.argv[1:] or list(BENCHMARKS)
    rows: list[Row] = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="mw-bench-") as folder:
            for row in BENCHMARKS[name](Path(folder)):
                print(row.as_text(), flush=True)
                rows.append(row)
    if set(names) == set(BENCHMARKS):
        RESULTS.write_text(_page(rows))
        print(f"written to {RESULTS}")


def _page(rows: list[Row]) -> str:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    head = f"# Results\n\n`make bench`, {datetime.now(UTC):%Y-%m-%d}, {machine}. Shared machine: ratios say more than times.\n\n"
    table = "| what | measured | aim | met |\n|---|---|---|---|\n"
    return head + table + "".join(row.as_markdown() for row in rows)


main()
