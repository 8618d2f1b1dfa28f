"""Each wall holds by itself: a process with that one alone tries what it is there to stop."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mediaworks.processing.sandbox import landlock

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

PROGRAM = """
import os, socket, sys
from mediaworks.processing.sandbox.walls import stands, walls
name, path, port, parent = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
out = os.open(path + ".out", os.O_WRONLY)
alone = [build for wall, build in walls(256 << 20, 1000).items() if wall in {"no new privileges", name}]
if not all([stands(build) for build in alone]):
    sys.exit(77)
ATTEMPTS = {
    "read": lambda: os.open(path, os.O_RDONLY),
    "write": lambda: os.open(path, os.O_WRONLY),
    "create": lambda: os.open(path + ".new", os.O_WRONLY | os.O_CREAT),
    "list": lambda: os.listdir(os.path.dirname(path)),
    "connect": lambda: socket.create_connection(("127.0.0.1", port), timeout=2),
    "resolve": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("1.1.1.1", 53)),
    "signal": lambda: os.kill(parent, 0),
    "fork": lambda: os.fork() or os._exit(0),
    "run": lambda: os.execv("/bin/true", ["true"]),
    "memory": lambda: bytearray(300 << 20),
    "output": lambda: [os.write(out, bytes(600)) for _ in range(3)],
    "files": lambda: [os.dup(0) for _ in range(64)],
}
stopped = []
for attempt in sys.argv[5:]:
    try:
        ATTEMPTS[attempt]()
    except (OSError, MemoryError):
        stopped.append(attempt)
print(",".join(stopped))
"""


def tried(wall: str, folder: Path, *attempts: str) -> list[str]:
    """Which of `attempts` a process is stopped at that has this wall only."""
    (folder / "canary").write_text("content")
    (folder / "canary.out").touch()
    with socket.create_server(("127.0.0.1", 0)) as listener, subprocess.Popen(["sleep", "60"]) as bystander:
        port = listener.getsockname()[1]
        command = [
            sys.executable,
            "-I",
            "-c",
            PROGRAM,
            wall,
            str(folder / "canary"),
            str(port),
            str(bystander.pid),
            *attempts,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        bystander.kill()
    if done.returncode == 77:
        pytest.skip(f"this kernel refuses the wall {wall}")
    assert done.returncode == 0, done.stderr
    return str(done.stdout).strip().split(",")


def abi() -> int:
    """Of Landlock; 0 where this kernel has none."""
    try:
        return landlock.version()
    except OSError:
        return 0


@pytest.mark.parametrize(
    ("wall", "stops"),
    [
        ("namespaces", ["connect", "resolve"]),
        ("landlock", ["read", "write", "create", "list", "run"]),
        ("seccomp", ["connect", "resolve", "signal", "fork", "run"]),
        ("limits", ["memory", "output", "files"]),
    ],
)
def test_a_wall_stops_what_it_is_there_for(tmp_path: Path, wall: str, stops: list[str]) -> None:
    assert tried(wall, tmp_path, *stops) == stops


@pytest.mark.parametrize(("attempt", "since"), [("connect", 4), ("signal", 6)])
def test_landlock_closes_the_network_and_signals_too_where_it_can(tmp_path: Path, attempt: str, since: int) -> None:
    if abi() < since:
        pytest.skip(f"this kernel's Landlock is older than ABI {since}")
    assert tried("landlock", tmp_path, attempt) == [attempt]


def test_without_walls_nothing_is_stopped(tmp_path: Path) -> None:
    """So that the tests above mean something."""
    attempts = ["read", "write", "create", "list", "connect", "signal", "memory", "files"]
    assert tried("none", tmp_path, *attempts) == [""]
