"""10,000 uploads at once, each a few bytes at a time, over two API processes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.processes import api_processes, resident
from benchmarks.report import Row, percentile
from mediaworks.kit.processes import allow_many_files
from mediaworks.testing import media
from mediaworks.testing.service import Service, running, wait_until

UPLOADS = 10_000
SENDERS = 2
PIECES = 12
PAUSE_SECONDS = 2.0
OPENED_A_SECOND = 400


def run(folder: Path) -> Iterator[Row]:
    allow_many_files()
    with running(Service(folder / "data", workers=2)) as service:
        pids = api_processes(service)
        before = sum(map(resident, pids))
        command = [
            sys.executable,
            "-m",
            "benchmarks.slow_uploads",
            str(service.port),
            service.admin_key,
            str(UPLOADS // SENDERS),
        ]
        senders = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(SENDERS)]
        health, most = asyncio.run(_watch(service, pids, senders, before))
        arrived = sum(int((sender.stdout.read() if sender.stdout else "0") or 0) for sender in senders)
        with service.client() as client:
            total = wait_until(
                lambda: client.get("/api/v1/media", params={"limit": 1, "total": "true"}).json()["total"]
            )
    each = most / UPLOADS / 1024
    yield Row(
        f"{UPLOADS:,} slow uploads at once over 2 API processes",
        f"{arrived:,} answered 201, {total:,} kept",
        "none fails",
        arrived == total == UPLOADS,
    )
    yield Row("… memory for each", f"{each:.0f} KiB", "≤96 KiB", each <= 96)
    p99 = percentile(health, 0.99) * 1000
    yield Row("… p99 of /health/live meanwhile", f"{p99:.0f} ms ({len(health)} asked)", "<250 ms", p99 < 250)


async def _watch(
    service: Service, pids: list[int], senders: list[subprocess.Popen[str]], before: int
) -> tuple[list[float], int]:
    import httpx

    times: list[float] = []
    most = 0
    async with httpx.AsyncClient(base_url=service.url, timeout=30, trust_env=False) as client:
        while any(sender.poll() is None for sender in senders):
            began = time.perf_counter()
            (await client.get("/health/live")).raise_for_status()
            times.append(time.perf_counter() - began)
            most = max(most, sum(map(resident, pids)) - before)
            await asyncio.sleep(0.1)
    return times, most


async def _send_all(port: int, key: str, count: int) -> int:
    allow_many_files()
    tasks = []
    everybody = asyncio.Barrier(count)
    for _ in range(count):
        tasks.append(asyncio.create_task(_send_one(port, key, everybody)))
        await asyncio.sleep(SENDERS / OPENED_A_SECOND)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for failure in [one for one in results if one is not True][:3]:
        print(failure, file=sys.stderr)
    return sum(one is True for one in results)


async def _send_one(port: int, key: str, everybody: asyncio.Barrier) -> bool:
    content = media.PDF + bytes(20_000)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    body = head + content + b"\r\n--b--\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"POST /api/v1/media/upload HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nConnection: close\r\n"
    writer.write(
        f"{request}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )
    step = len(body) // PIECES + 1
    writer.write(body[:step])
    await writer.drain()
    await everybody.wait()
    for start in range(step, len(body), step):
        await asyncio.sleep(PAUSE_SECONDS)
        writer.write(body[start : start + step])
        await writer.drain()
    answer = await reader.read(100)
    writer.close()
    if not answer.startswith(b"HTTP/1.1 201"):
        raise RuntimeError(answer[:60])
    return True


if __name__ == "__main__":
    print(asyncio.run(_send_all(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
