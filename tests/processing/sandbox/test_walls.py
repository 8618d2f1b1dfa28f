"""What Landlock does not cover, the filter of system calls does: attributes, owners and other processes' limits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

PROGRAM = """
import ctypes, os, resource, sys
from mediaworks.processing.sandbox.walls import raise_walls
path, parent = sys.argv[1], int(sys.argv[2])
given = os.open(path, os.O_RDONLY)
libc = ctypes.CDLL(None, use_errno=True)
standing = raise_walls(1 << 30)
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
