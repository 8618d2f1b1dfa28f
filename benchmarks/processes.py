"""Reading the memory of processes, and the peers that are measured beside us."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mediaworks.testing.service import Service, free_port, wait_until

PEERS = Path(__file__).parents[2] / "shared" / "peers"


def family(pid: int) -> list[int]:
    """A process and all that it, or whatever thread of it, has started."""
    children = [child for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    return [pid, *(one for child in children for one in family(int(child)))]


def resident(pid: int) -> int:
    """Resident memory of a process in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    return 0


def api_processes(service: Service) -> list[int]:
    """The processes that answer requests: children of the service with the same command line."""
    assert service.process is not None
    own = Path(f"/proc/{service.process.pid}/cmdline").read_bytes()
    return [pid for pid in family(service.process.pid)[1:] if Path(f"/proc/{pid}/cmdline").read_bytes() == own]


@contextmanager
def node_peer(folder: Path, script: str) -> Iterator[str | None]:
    """A peer of shared/peers, started; None where the peers or Node.js are not at hand."""
    if not PEERS.exists() or not shutil.which("npm"):
        yield None
        return
    home = folder / "peers"
    if not home.exists():
        shutil.copytree(PEERS, home)
        subprocess.run(["chmod", "-R", "u+w", str(home)], check=True)
        subprocess.run(["npm", "install", "--silent"], cwd=home, check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    with subprocess.Popen(
        ["node", script, str(port), str(folder / script)], cwd=home, stdout=subprocess.DEVNULL
    ) as peer:
        wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        yield f"http://127.0.0.1:{port}"
        peer.terminate()


class peak_growth:  # noqa: N801
    """The most by which the API process grew while the block ran, in bytes, in a list of one."""

    def __init__(self, service: Service) -> None:
        (self._pid,) = api_processes(service)
        self._before = resident(self._pid)
        self._peak = [0]
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> list[int]:
        self._watch.start()
        return self._peak

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._done.wait(0.05):
            self._peak[0] = max(self._peak[0], resident(self._pid) - self._before)
