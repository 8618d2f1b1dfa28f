"""1 GiB in one request, beside express + multer + SHA-256 and @tus/server, turn about."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.processes import node_peer, peak_growth
from benchmarks.report import Row
from mediaworks.testing.service import Service, running

SIZE = 1 << 30
ROUNDS = 5


def run(folder: Path) -> Iterator[Row]:
    big = folder / "big.pdf"
    _write_big(big)
    with (
        node_peer(folder, "express_upload.mjs") as express,
        node_peer(folder, "tus_node.mjs") as tus,
        running(Service(folder / "data")) as service,
    ):
        ours, theirs, growth = [], {"express": [], "tus": []}, 0  # type: ignore[var-annotated]
        for _ in range(ROUNDS):
            if express:
                theirs["express"].append(_curl("-F", f"file=@{big};type=application/pdf", f"{express}/media/upload"))
            if tus:
                theirs["tus"].append(_tus(tus, big))
            _forget(folder / "express_upload.mjs", folder / "tus_node.mjs")
            with peak_growth(service) as peak:
                ours.append(
                    _curl(
                        "-H",
                        f"X-API-Key: {service.admin_key}",
                        "-F",
                        f"file=@{big}",
                        f"{service.url}/api/v1/media/upload",
                    )
                )
            growth = max(growth, peak[0])
            _forget(service.data_dir / "blobs" / "originals")
    speed = SIZE / statistics.median(ours) / 1e6
    yield Row("1 GiB upload with SHA-256 and fsync", f"{speed:.0f} MB/s (median of {ROUNDS})")
    for name, times in theirs.items():
        if times:
            ratio = statistics.median(times) / statistics.median(ours)
            peer = SIZE / statistics.median(times) / 1e6
            yield Row(f"… beside {name} ({peer:.0f} MB/s, same run)", f"{ratio:.2f}×", "≥2×", ratio >= 2)
    yield Row("… growth of resident memory meanwhile", f"{growth / 2**20:.0f} MiB", "<32 MiB", growth < 32 << 20)


def _write_big(path: Path) -> None:
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n" + block[9:])
        for _ in range(SIZE // len(block) - 1):
            file.write(block)


def _curl(*arguments: str) -> float:
    command = ["curl", "-s", "-o", "/dev/null", "-f", "-w", "%{time_total}", *arguments]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _tus(server: str, big: Path) -> float:
    create = [
        "curl",
        "-si",
        "-X",
        "POST",
        "-H",
        "Tus-Resumable: 1.0.0",
        "-H",
        f"Upload-Length: {SIZE}",
        f"{server}/files",
    ]
    answer = subprocess.run(create, check=True, capture_output=True, text=True).stdout
    location = next(line.split()[1] for line in answer.splitlines() if line.lower().startswith("location:"))
    headers = [
        "-H",
        "Tus-Resumable: 1.0.0",
        "-H",
        "Upload-Offset: 0",
        "-H",
        "Content-Type: application/offset+octet-stream",
    ]
    return _curl("-X", "PATCH", *headers, "-T", str(big), location)


def _forget(*folders: Path) -> None:
    """Room on the disk and in the page cache for the next round."""
    for folder in folders:
        for entry in folder.glob("*") if folder.exists() else ():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
