"""What Landlock does not cover, the filter of system calls does: attributes, owners and other processes' limits."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.processing.conftest import sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

PROGRAM = """
import ctypes, os, resource, sys
from mediaworks.processing.sandbox.walls import raise_walls
path, parent = sys.argv[1], int(sys.argv[2])
given = os.open(path, os.O_RDONLY)
libc = ctypes.CDLL(None, use_errno=True)
standing = raise_walls(1 << 30, 0)
if not standing["seccomp"]:
    sys.exit(77)
ATTEMPTS = {
    "chmod": lambda: os.chmod(path, 0o777),
    "fchmod": lambda: os.fchmod(given, 0o777),
    "chown": lambda: os.chown(path, os.getuid(), os.getgid()),
    "utime": lambda: os.utime(path, (1, 1)),
    "setxattr": lambda: os.setxattr(path, "user.canary", b"1"),
    "prlimit": lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE, (3, 3)),
    "affinity": lambda: os.sched_setaffinity(parent, {0}),
    "nice": lambda: os.setpriority(os.PRIO_PROCESS, parent, 19),
    "link": lambda: os.link(path, path + ".link"),
    "unlink": lambda: os.unlink(path),
    "truncate": lambda: os.truncate(path, 0),
    "young call": lambda: (_ for _ in ()).throw(OSError()) if libc.syscall(1000) < 0 and ctypes.get_errno() == 38 else 0,
}
done = []
for name, attempt in ATTEMPTS.items():
    try:
        attempt()
        done.append(name)
    except OSError:
        pass
print(",".join(done))
"""


def test_nothing_about_a_file_or_another_process_can_be_changed(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("content")
    canary.chmod(0o600)
    before = canary.stat()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        command = [sys.executable, "-I", "-c", PROGRAM, str(canary), str(bystander.pid)]
        tried = subprocess.run(command, capture_output=True, text=True, timeout=30)
        bystander.communicate(b"\n")
    if tried.returncode == 77:
        pytest.skip("this kernel has no seccomp filters")
    assert (tried.returncode, tried.stdout.strip()) == (0, ""), tried.stderr
    after = canary.stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_uid) == (before.st_mode, before.st_mtime_ns, before.st_uid)
    assert os.listxattr(canary) == []


READING = """
import os, sys
from mediaworks.processing import fonts
from mediaworks.processing.sandbox.walls import raise_walls
secret, folder = sys.argv[1], fonts.BUNDLED
if not raise_walls(1 << 30, 1 << 20)["landlock"]:
    sys.exit(77)
def can(attempt):
    try:
        attempt()
    except OSError:
        return False
    return True
print(
    can(lambda: open(folder / "DejaVuSans.ttf", "rb").read(1)), can(lambda: os.listdir(folder)),
    can(lambda: open(secret)), can(lambda: os.listdir("/")), can(lambda: open("/etc/passwd")),
    can(lambda: open(folder / "new", "w")), can(lambda: open(folder / "DejaVuSans.ttf", "r+")),
    can(lambda: os.unlink(folder / "DejaVuSans.ttf.not")), can(lambda: open(f"{folder}/../vips.py")),
)
"""


def test_fonts_can_be_read_and_nothing_else_nor_written(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("content")
    command = [sys.executable, "-I", "-c", READING, str(secret)]
    tried = subprocess.run(command, capture_output=True, text=True, timeout=30)
    if tried.returncode == 77:
        pytest.skip("this kernel has no Landlock")
    assert tried.stdout.split() == ["True", "True", *["False"] * 7], tried.stderr


def test_no_wall_falls_by_what_a_decoder_loads() -> None:
    """Threads that a library starts while it loads would keep the process in the machine's network."""

    async def standing(tasks: str) -> dict[str, bool]:
        async with sandbox(tasks) as pool:
            return pool.walls()

    assert asyncio.run(standing("mediaworks.processing.tasks")) == asyncio.run(standing("mediaworks.testing.hostile"))
