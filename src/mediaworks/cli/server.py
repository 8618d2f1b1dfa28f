"""`mediaworks serve`: PostgreSQL, migrations, API processes and the worker, started in order and stopped in order."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from mediaworks import settings as configuration
from mediaworks.db.embedded import embedded_postgres
from mediaworks.db.migrate import migrate
from mediaworks.errors import SetupError
from mediaworks.kit.processes import allow_many_files
from mediaworks.settings import Settings

OPEN_CONNECTIONS = 16_384
BODY_CHUNK_BYTES = 1 << 20  # the most that one piece of a body has; slow senders' buffers stay at a few KiB
GRACE_SECONDS = 25
RESTART_SECONDS = 1.0


@contextmanager
def prepared(settings: Settings) -> Iterator[Settings]:
    """Settings whose data folder and migrated database are there until the block ends. Raises SetupError."""
    _make_data_folder(settings.data_dir)
    with ExitStack() as stack:
        if not settings.database.url:
            settings = settings.with_database(stack.enter_context(embedded_postgres(settings.data_dir / "postgres")))
        migrate(settings.database.url)
        yield settings


def serve(settings: Settings) -> None:
    """Answer requests until SIGTERM or SIGINT; requests and jobs under way are finished first."""
    shutil.rmtree(settings.metrics_dir, ignore_errors=True)
    settings.metrics_dir.mkdir(parents=True, exist_ok=True)
    configuration.hand_down(settings)
    allow_many_files()
    with ExitStack() as stack:
        if settings.with_worker:
            stack.enter_context(_worker_process())
        Server(
            "mediaworks.web.asgi:create",
            factory=True,
            interface=Interfaces.ASGI,
            address=settings.host,
            port=settings.port,
            workers=settings.workers,
            loop=Loops.uvloop,
            backlog=OPEN_CONNECTIONS,
            backpressure=OPEN_CONNECTIONS,
            http1_settings=HTTP1Settings(header_read_timeout=30_000, max_buffer_size=BODY_CHUNK_BYTES),
            websockets=False,
            respawn_failed_workers=True,
            respawn_interval=RESTART_SECONDS,
            workers_kill_timeout=GRACE_SECONDS,
            log_level=LogLevels.warning,
        ).serve()


@contextmanager
def _worker_process() -> Iterator[None]:
    """A worker beside us, started again when it ends by itself.

    The first is started here, before the server forks: a fork while another thread starts a process keeps the pipe open by
    which that thread hears of the start, and it would wait for ever.
    """
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(_start_worker(), stopping), name="worker keeper")
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "mediaworks", "worker"])


def _keep_worker(process: subprocess.Popen[bytes], stopping: threading.Event) -> None:
    while not stopping.wait(0.2):
        if process.poll() is not None and not stopping.wait(RESTART_SECONDS):
            process = _start_worker()
    process.send_signal(signal.SIGTERM)
    _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def require_free_port(settings: Settings) -> None:
    """Raise SetupError unless the address can be listened on."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SetupError(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}): choose another with --port"
            ) from error


def _make_data_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SetupError(
            f"The data folder {folder} cannot be written ({error.strerror}): choose another with --data-dir"
        ) from error
