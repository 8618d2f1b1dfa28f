"""1 GiB in one tus PATCH, beside @tus/server, turn about."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

from benchmarks.processes import node_peer
from benchmarks.report import Row
from mediaworks.testing.service import Service, running

SIZE = 1 << 30
ROUNDS = int(os.environ.get("TUS_ROUNDS", "5"))
PEER = "tus_node.mjs"


def run(folder: Path) -> Iterator[Row]:
    big = folder / "big.pdf"
    _write_big(big)
    with node_peer(folder, PEER) as peer, running(Service(folder / "data")) as service:
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS):
            if peer:
                theirs.append(_seconds(f"{peer}/files", big))
                _forget(folder / PEER)
            ours.append(_seconds(f"{service.url}/api/v1/uploads", big, "-H", f"X-API-Key: {service.admin_key}"))
            _forget(service.data_dir / "blobs" / "originals")
    yield Row("1 GiB in one tus PATCH", f"{_speed(ours):.0f} MB/s (median of {ROUNDS})")
    if theirs:
        ratio = statistics.median(theirs) / statistics.median(ours)
        yield Row(f"… beside @tus/server ({_speed(theirs):.0f} MB/s, same run)", f"{ratio:.2f}×", "≥2×", ratio >= 2)


def _seconds(endpoint: str, big: Path, *key: str) -> float:
    """From the beginning of the creation to the answer after the last byte."""
    tus = ("-H", "Tus-Resumable: 1.0.0", *key)
    name = f"Upload-Metadata: filename {b64encode(big.name.encode()).decode()}"
    created = _curl(
        "-i", "-w", "\n%{time_total}", "-X", "POST", *tus, "-H", f"Upload-Length: {SIZE}", "-H", name, endpoint
    )
    location = next(line.split()[1] for line in created.splitlines() if line.lower().startswith("location:"))
    address = location if "://" in location else endpoint.removesuffix("/api/v1/uploads") + location
    append = ("-H", "Upload-Offset: 0", "-H", "Content-Type: application/offset+octet-stream")
    sent = _curl("-o", "/dev/null", "-w", "%{time_total}", "-X", "PATCH", *tus, *append, "-T", str(big), address)
    return float(created.splitlines()[-1]) + float(sent)


def _curl(*arguments: str) -> str:
    return subprocess.run(
        ["curl", "-s", "-f", "--noproxy", "*", *arguments], check=True, capture_output=True, text=True
    ).stdout


def _speed(times: list[float]) -> float:
    return SIZE / statistics.median(times) / 1e6


def _write_big(path: Path) -> None:
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n" + block[9:])
        for _ in range(SIZE // len(block) - 1):
            file.write(block)


def _forget(folder: Path) -> None:
    """Room on the disk and in the page cache for the next round."""
    for entry in folder.glob("*") if folder.exists() else ():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
