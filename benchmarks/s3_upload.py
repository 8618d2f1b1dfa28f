"""1 GiB in one request through the service into a real S3 server on this machine, which shares its cores."""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.processes import peak_growth
from benchmarks.report import Row
from mediaworks.testing.s3server import S3Server
from mediaworks.testing.service import Service, running

SIZE = 1 << 30
ROUNDS = int(os.environ.get("S3_ROUNDS", "3"))
MOST_GROWTH = 64 << 20
MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"


def run(folder: Path) -> Iterator[Row]:
    big = folder / "big.mp4"
    _write_big(big)
    server = S3Server(folder / "s3").start()
    try:
        settings = {"MEDIAWORKS_STORAGE_URL": server.new_url(), **server.environment}
        with running(Service(folder / "data", settings=settings, arguments=("--no-worker",))) as service:
            direct = [_put(server, big)]
            with peak_growth(service) as peak:
                times = [_upload(service, big) for _ in range(ROUNDS)]
    finally:
        server.stop()
    yield Row("1 GiB upload into S3 with SHA-256", f"{_speed(times):.0f} MB/s (median of {ROUNDS})")
    yield Row("… beside one PUT of curl to the S3 server itself", f"{_speed(direct):.0f} MB/s")
    yield Row("… growth of resident memory meanwhile", f"{peak[0] / 2**20:.0f} MiB", "<64 MiB", peak[0] < MOST_GROWTH)


def _upload(service: Service, big: Path) -> float:
    return _curl("-H", f"X-API-Key: {service.admin_key}", "-F", f"file=@{big}", f"{service.url}/api/v1/media/upload")


def _put(server: S3Server, big: Path) -> float:
    server.make_bucket("direct")
    return _curl("-T", str(big), server.signed("PUT", "/direct/big.mp4"))


def _curl(*arguments: str) -> float:
    command = ["curl", "-s", "--noproxy", "*", "-o", "/dev/null", "-f", "-w", "%{time_total}", *arguments]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _speed(times: list[float]) -> float:
    return SIZE / statistics.median(times) / 1e6


def _write_big(path: Path) -> None:
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        file.write(MP4 + block[len(MP4) :])
        for _ in range(SIZE // len(block) - 1):
            file.write(block)
