from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from mediaworks.testing.s3server import S3Server
from mediaworks.testing.service import wait_until

PARENT = """
import sys, time
from pathlib import Path
from mediaworks.testing.s3server import S3Server
print(*(process.pid for process in S3Server(Path(sys.argv[1])).start().processes), flush=True)
time.sleep(600)
"""


def is_gone(pid: int) -> bool:
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_the_server_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 4
        parent.kill()
    wait_until(lambda: all(map(is_gone, pids)))


def test_what_it_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    server = S3Server(tmp_path).start()
    try:
        server.make_bucket("kept")
        server.stop()
        server.start()
        assert "<Name>kept</Name>" in server.request("GET", "/").text
    finally:
        server.stop()


def test_without_its_environment_the_way_to_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"make \.venv-s3"):
        S3Server(tmp_path, python=tmp_path / "none").start()
