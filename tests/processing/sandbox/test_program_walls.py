"""Each wall around a program that is not ours stops what it is there for: with it the attempt fails, without it it succeeds."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mediaworks.processing.sandbox import landlock
from mediaworks.processing.sandbox import program as programs
from mediaworks.processing.sandbox.program import LAUNCHER, Limits, running


def _landlock() -> int:
    """The ABI of this kernel's, 0 without one."""
    try:
        return landlock.version()
    except OSError:
        return 0


pytestmark = pytest.mark.skipif(not _landlock(), reason="this kernel has no Landlock, which is most of the walls")
PYTHON = Path(sys.executable).resolve()
LIBRARY = (Path(sys.base_prefix),)

ATTEMPT = """
import os, socket, sys
name, folder, port, parent, descriptor = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
canary = folder + "/canary"
def unix():
    socket.socket(socket.AF_UNIX).connect(folder + "/socket")
def datagram():
    if socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"canary", ("127.0.0.1", port)) != 6:
        raise OSError
def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
ATTEMPTS = {
    "read": lambda: open(canary).read(),
    "read relatively": lambda: open("." + canary).read(),
    "read by way of itself": lambda: open("/proc/self/root" + canary).read(),
    "read a secret": lambda: open("/etc/passwd").read(),
    "read what the parent has open": lambda: open(f"/proc/{parent}/fd/{descriptor}").read(),
    "read the parent's environment": lambda: open(f"/proc/{parent}/environ").read(),
    "list": lambda: os.listdir(folder),
    "write": lambda: open(canary, "a").write("x"),
    "create": lambda: open(folder + "/new", "x"),
    "rename": lambda: os.rename(canary, folder + "/other"),
    "link": lambda: os.link(canary, folder + "/linked"),
    "delete": lambda: os.unlink(folder + "/victim"),
    "make a folder": lambda: os.mkdir(folder + "/made"),
    "reach by tcp": lambda: socket.create_connection(("127.0.0.1", port), timeout=2),
    "reach by udp": datagram,
    "reach by a unix socket": unix,
    "listen": lambda: socket.create_server(("127.0.0.1", 0)),
    "fork": fork,
    "run another program": lambda: os.execv("/bin/echo", ["echo", "done"]),
    "signal": lambda: os.kill(parent, 0),
    "take more memory": lambda: bytearray(300 << 20),
    "open more files": lambda: [os.dup(0) for _ in range(80)],
    "change attributes": lambda: os.chmod(canary, 0o777),
}
try:
    ATTEMPTS[name]()
except (OSError, MemoryError):
    print("stopped")
else:
    print("done")
"""

STOPPED_BY = {
    "read": ["landlock"],
    "read relatively": ["landlock"],
    "read by way of itself": ["landlock"],
    "read a secret": ["landlock"],
    "read what the parent has open": ["landlock", "namespaces"],
    "read the parent's environment": ["landlock", "namespaces"],
    "list": ["landlock"],
    "write": ["landlock"],
    "create": ["landlock"],
    "rename": ["landlock"],
    "link": ["landlock"],
    "delete": ["landlock"],
    "make a folder": ["landlock"],
    "reach by tcp": ["namespaces", "landlock", "seccomp"],
    "reach by udp": ["namespaces", "seccomp"],
    "reach by a unix socket": ["seccomp"],
    "listen": ["landlock", "seccomp"],
    "fork": ["seccomp"],
    "run another program": ["landlock"],
    "signal": ["landlock", "seccomp", "namespaces"],
    "take more memory": ["limits"],
    "open more files": ["limits"],
    "change attributes": ["seccomp"],
}

WITHOUT = """
import importlib.util
spec = importlib.util.spec_from_file_location("launch", {launcher!r})
launch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(launch)
all_of_them = launch.walls
launch.walls = lambda *told: {{name: build for name, build in all_of_them(*told).items() if name not in {names!r}}}
launch.main()
"""


@pytest.fixture
def walls_fall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[str]], None]:
    """Take walls out of the launcher."""

    def take_out(names: Sequence[str]) -> None:
        launcher = tmp_path / "launcher_with_holes.py"
        launcher.write_text(WITHOUT.format(launcher=str(LAUNCHER), names=list(names)))
        monkeypatch.setattr(programs, "LAUNCHER", launcher)

    return take_out


def told(code: str, *arguments: object, limits: Limits | None = None) -> str:
    """What `code` prints between walls."""

    async def steps() -> str:
        command = ["-I", "-S", "-c", code, *map(str, arguments)]
        bounds = limits or Limits(seconds=20, memory=256 << 20)
        async with running(PYTHON, command, readable=LIBRARY, limits=bounds) as program:
            answer = (await program.output.read()).decode().strip()
            await program.ended()
            return answer

    return asyncio.run(steps())


def outcome(attempt: str, folder: Path) -> str:
    """`stopped` or `done`."""
    for name in ("canary", "victim"):
        (folder / name).write_text("content")
    listener, datagrams, local = socket.create_server(("127.0.0.1", 0)), socket.socket(type=socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX)  # fmt: skip
    with (
        listener,
        datagrams,
        local,
        (folder / "canary").open() as open_file,
        subprocess.Popen(["sleep", "60"]) as other,
    ):
        datagrams.bind(listener.getsockname())
        local.bind(str(folder / "socket"))
        local.listen()
        victim = other.pid if attempt == "signal" else os.getpid()
        try:
            return told(ATTEMPT, attempt, folder, listener.getsockname()[1], victim, open_file.fileno())
        finally:
            other.kill()


@pytest.mark.parametrize("attempt", STOPPED_BY)
def test_walls_stop_it_and_nothing_else_does(
    attempt: str, tmp_path: Path, walls_fall: Callable[[Sequence[str]], None]
) -> None:
    assert outcome(attempt, tmp_path) == "stopped"
    (tmp_path / "socket").unlink(missing_ok=True)
    walls_fall(STOPPED_BY[attempt])
    assert outcome(attempt, tmp_path) == "done"


@pytest.mark.parametrize("alone", ["namespaces", "landlock", "seccomp"])
def test_each_of_the_walls_around_the_network_is_enough(
    alone: str, tmp_path: Path, walls_fall: Callable[[Sequence[str]], None]
) -> None:
    if not _stands(alone):
        pytest.skip(f"this kernel refuses the wall {alone}")
    walls_fall([wall for wall in STOPPED_BY["reach by tcp"] if wall != alone])
    assert outcome("reach by tcp", tmp_path) == "stopped"


def _stands(wall: str) -> bool:
    if wall == "landlock":
        return _landlock() >= 4
    code = "import sys; from mediaworks.processing.sandbox.walls import *; sys.exit(not stands(walls(1 << 30, 0)[sys.argv[1]]))"
    return subprocess.run([sys.executable, "-c", code, wall], check=False).returncode == 0


def test_a_program_finds_no_environment_and_no_file_of_ours_open() -> None:
    code = """
import os
def is_open(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False
print(sorted(os.environ), [number for number in range(1000) if is_open(number)])
"""
    os.environ["CANARY_SECRET"] = "secret"
    try:
        assert told(code) == "['LANG'] [0, 1, 2]"
    finally:
        del os.environ["CANARY_SECRET"]


def test_a_program_leaves_no_core_and_can_gain_no_rights() -> None:
    code = """
import ctypes, resource
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(39, 0, 0, 0, 0))
"""
    assert told(code) == "(0, 0) 1"


def test_a_program_that_only_counts_is_ended_by_its_cpu_limit() -> None:
    """For when nobody is left to watch the clock."""
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_CPU))"
    seconds = 3 * (os.cpu_count() or 1)
    assert told(code, limits=Limits(seconds=2.5)) == f"({seconds}, {seconds})"


def test_a_program_that_goes_on_for_too_long_is_ended() -> None:
    with pytest.raises(TimeoutError):
        told("while True: pass", limits=Limits(seconds=0.5))


PARENT = """
import asyncio, sys
from pathlib import Path
from mediaworks.processing.sandbox.program import Limits, running
async def main():
    command = ["-I", "-S", "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"]
    async with running(Path(sys.argv[1]), command, readable=[Path(sys.base_prefix)], limits=Limits(seconds=60)) as program:
        print((await program.output.readline()).decode().strip(), flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


def test_a_program_dies_with_a_service_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(PYTHON)], stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        pid = int(service.stdout.readline())
        handle = os.pidfd_open(pid)
        service.send_signal(signal.SIGKILL)
        service.wait()
    watching = select.poll()
    watching.register(handle, select.POLLIN)
    assert watching.poll(10_000), "it still runs"
    os.close(handle)
