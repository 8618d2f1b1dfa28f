"""kill -9 at any moment, a full disk, and the order of system calls: what was acknowledged stays, the rest goes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until
from mediaworks.testing.tus import Tus

pytestmark = pytest.mark.long

UPLOAD = "/api/v1/media/upload"


def upload_until_it_dies(service: Service, key: str, seed: int) -> list[tuple[str, str]]:
    """(id, sha256) of every upload that was acknowledged."""
    acknowledged: list[tuple[str, str]] = []
    with service.client(key) as client:
        for number in range(10_000):
            content = media.PDF + os.urandom(300_000) + bytes([seed, number % 256])
            try:
                answer = client.post(UPLOAD, files={"file": (f"{seed}-{number}.pdf", content)})
            except httpx.TransportError:
                break
            if answer.status_code != 201:
                break
            acknowledged.append((answer.json()["id"], hashlib.sha256(content).hexdigest()))
    return acknowledged


def kept_files(service: Service) -> set[str]:
    root = service.data_dir / "blobs"
    return {path.name for path in root.rglob("*") if path.is_file()}


def _wait_for_files(service: Service, count: int) -> None:
    wait_until(lambda: len(kept_files(service)) >= count)


def _understood(client: httpx.Client, media_id: str) -> dict[str, Any]:
    def body() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get(f"/api/v1/media/{media_id}").json()
        return None if found["processing_status"] == "pending" else found

    return wait_until(body, 40)


def test_after_kill_9_every_acknowledged_upload_is_there_and_nothing_else(own_service: Service) -> None:
    acknowledged: list[tuple[str, str]] = []
    for cycle in range(3):
        own_service.start()
        key = own_service.admin_key
        with ThreadPoolExecutor(4) as threads:
            senders = [threads.submit(upload_until_it_dies, own_service, key, seed) for seed in range(4)]
            _wait_for_files(own_service, len(kept_files(own_service)) + 6 + cycle)
            own_service.kill()
            for sender in senders:
                acknowledged += sender.result()
    own_service.start()
    with own_service.client() as client:
        for media_id, sha256 in acknowledged:
            assert hashlib.sha256(client.get(f"/api/v1/media/{media_id}/download").content).hexdigest() == sha256
        ids: set[str] = set()
        cursor: str | None = None
        while True:
            page = client.get("/api/v1/media", params={"limit": 200} | ({"cursor": cursor} if cursor else {})).json()
            ids |= {item["id"] for item in page["items"]}
            if not (cursor := page["next_cursor"]):
                break
    assert {media_id for media_id, _ in acknowledged} <= ids
    wait_until(lambda: kept_files(own_service) == ids)


def test_a_job_that_was_running_when_everything_was_killed_comes_back(own_service: Service) -> None:
    own_service.settings = {"MEDIAWORKS_JOBS_STALLED_AFTER": "4"}
    own_service.start()
    photo = media.photo(3000, 2000)
    with own_service.client() as client:
        ids = [client.post(UPLOAD, files={"file": ("a.jpg", photo)}).json()["id"] for _ in range(4)]
    own_service.kill()
    own_service.start()
    with own_service.client() as client:
        for media_id in ids:
            body = _understood(client, media_id)
            assert body["processing_status"] == "ready"
            assert len(body["thumbnails"]) == 5


def test_on_a_full_disk_the_answer_is_507_and_the_service_goes_on(idle_service: Service, tmp_path: Path) -> None:
    blobs = tmp_path / "small"
    blobs.mkdir()
    as_root = ("--map-root-user",) if os.geteuid() else ()
    mounting = ("unshare", "--mount", *as_root, "--propagation", "private", "sh", "-c")
    if subprocess.run([*mounting, f"mount -t tmpfs -o size=1m tmpfs {blobs}"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk in a namespace")
    idle_service.prefix = (*mounting, f'mount -t tmpfs -o size=12m tmpfs {blobs} && exec "$@"', "sh")
    idle_service.settings = {"MEDIAWORKS_STORAGE_URL": f"file://{blobs}"}
    idle_service.start()
    with idle_service.client() as client:
        answer = client.post(UPLOAD, files={"file": ("big.pdf", media.PDF + bytes(20 << 20))})
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
        assert client.get("/api/v1/media").json()["items"] == []
        small = client.post(UPLOAD, files={"file": ("small.pdf", media.PDF + bytes(8 << 20))})
        assert small.status_code == 201


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("size", [2_000, 6_000_000])
def test_the_answer_comes_after_fsync_rename_fsync_of_the_folder_and_commit(
    idle_service: Service, tmp_path: Path, size: int
) -> None:
    """notes on durability: docs/durability.md. The small file goes through the page cache, the large one past it."""
    idle_service.start()
    with idle_service.client() as client:
        client.post(UPLOAD, files={"file": ("warm.pdf", media.PDF)})
        with traced(idle_service, tmp_path / "trace") as trace:
            media_id = client.post(UPLOAD, files={"file": ("a.pdf", media.PDF + bytes(size))}).json()["id"]
    steps = [step for line in trace.read_text().splitlines() if (step := _step(line, media_id))]
    expected = ["fsync file", "rename", "fsync folder", "commit", "answer"]
    found = [step for step in steps if step in expected]
    assert _in_order(expected, found), found


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("size", [2_000, 6_000_000])
def test_a_patch_is_answered_after_fsync_of_the_file_and_after_its_row(
    own_service: Service, tmp_path: Path, size: int
) -> None:
    """The first PATCH makes the name durable too; the last one publishes."""
    own_service.arguments = ("--no-worker",)
    own_service.settings = {"MEDIAWORKS_PROCESSING_DECODERS": "1"}
    own_service.start()
    content = media.PDF + bytes(size)
    with own_service.client() as client:
        tus = Tus(client)
        tus.patch(tus.create(len(content)), 0, content[:100])
        address = tus.create(len(content))
        upload_id = address.rpartition("/")[2]
        with traced(own_service, tmp_path / "first") as first:
            assert tus.patch(address, 0, content[:-500]).status_code == 204
        with traced(own_service, tmp_path / "last") as last:
            assert tus.patch(address, len(content) - 500, content[-500:]).status_code == 204
    found = [step for line in first.read_text().splitlines() if (step := _step(line, upload_id))]
    assert _in_order(["fsync file", "fsync incoming", "row", "answer"], found), found
    found = [step for line in last.read_text().splitlines() if (step := _step(line, upload_id))]
    assert _in_order(["fsync file", "rename", "fsync folder", "commit", "answer"], found), found


@contextmanager
def traced(service: Service, trace: Path) -> Iterator[Path]:
    """Where the system calls of the service in this block are written."""
    assert service.process is not None
    pid = service.process.pid
    calls = "trace=openat,fsync,fdatasync,rename,renameat,renameat2,sendto,write,writev,sendmsg"
    strace = subprocess.Popen(
        ["strace", "-f", "-y", "-s", "600", "-e", calls, "-o", str(trace), *_attached(pid)], stderr=subprocess.DEVNULL
    )
    wait_until(lambda: trace.exists() and _traced(pid))
    yield trace
    strace.terminate()
    strace.wait(10)


def _attached(pid: int) -> list[str]:
    return [argument for child in _family(pid) for argument in ("-p", str(child))]


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(grandchild for child in children for grandchild in _family(int(child)))]


def _traced(pid: int) -> bool:
    return all(
        "TracerPid:\t0" not in Path(f"/proc/{process}/task/{thread}/status").read_text()
        for process in _family(pid)
        for thread in os.listdir(f"/proc/{process}/task")
    )


def _step(line: str, media_id: str) -> str | None:
    if re.search(rf"fsync\(\d+<[^>]*incoming/[^>]*{media_id}>", line):
        return "fsync file"
    if "rename" in line and media_id in line and "<unfinished" not in line:
        return "rename"
    if re.search(rf"fsync\(\d+<[^>]*/originals/{media_id[-2:]}>", line):
        return "fsync folder"
    if re.search(r"fsync\(\d+<[^>]*/incoming>", line):
        return "fsync incoming"
    if "asyncpg_stmt" in line and f"originals/{media_id[-2:]}/{media_id}" in line:
        return "row"
    if "COMMIT" in line:
        return "commit"
    if re.search(r"HTTP/1.1 20[14]", line):
        return "answer"
    return None


def _in_order(expected: list[str], found: list[str]) -> bool:
    """Whether the steps came so, and nothing of the file after the answer. Others commit at any time."""
    remaining = iter(found)
    return all(step in remaining for step in expected) and set(remaining) <= {"commit"}
