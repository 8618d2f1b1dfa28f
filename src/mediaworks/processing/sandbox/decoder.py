"""One child process, seen from the service."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from mediaworks.processing import fonts
from mediaworks.processing.config import ProcessingConfig
from mediaworks.processing.image.operations import installed
from mediaworks.processing.sandbox import wire

START_SECONDS = 20
ANSWER_BYTES = 64 << 20
RESIDENT_BYTES = 512 << 20
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",
    "VIPS_CONCURRENCY": "1",
    "VIPS_DISC_THRESHOLD": "64g",
    "OPENBLAS_NUM_THREADS": "1",
}


class Decoder:
    """Starts at once and is ready when the constructor returns; its calls block. Raises OSError when it cannot start."""

    def __init__(self, module: str, config: ProcessingConfig) -> None:
        self._config = config
        self._connection, theirs = socket.socketpair()
        self._jobs = 0
        self._resident = 0
        self._killing = threading.Lock()
        self.asked = False
        command = [
            sys.executable, "-s", "-P", "-m", "mediaworks.processing.sandbox.child",
            module, str(theirs.fileno()), str(int(config.memory)), str(int(config.output_bytes)), config.fonts,
        ]  # fmt: skip
        with theirs:
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env={**ENVIRONMENT, **fonts.environment(config.fonts), **installed.environment()},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        self._connection.settimeout(START_SECONDS)
        try:
            greeting = wire.receive(self._connection, ANSWER_BYTES)
        except (EOFError, OSError) as failure:
            self.kill()
            raise OSError("a decoder did not start") from failure
        self.greeting = msgspec.msgpack.decode(greeting, type=wire.Greeting)

    def ask(self, job: wire.Job, descriptors: Sequence[int], seconds: float) -> wire.Answer:
        """The child's answer. After `seconds` the child is ended: TimeoutError; EOFError or OSError when it dies itself."""
        self.asked = True
        watchdog = threading.Timer(seconds, self.strike)
        began = time.monotonic()
        watchdog.start()
        try:
            self._connection.settimeout(None)
            wire.send(self._connection, job, *descriptors)
            answer = wire.receive(self._connection, ANSWER_BYTES)
        except (EOFError, OSError, ValueError):
            self.kill()
            if time.monotonic() - began >= seconds:
                raise TimeoutError from None
            raise
        finally:
            watchdog.cancel()
        self.asked = False
        return msgspec.msgpack.decode(answer, type=wire.Answer)

    def note(self, resident: int) -> None:
        self._jobs += 1
        self._resident = resident

    def may_go_on(self) -> bool:
        """Whether this child is neither old nor fat."""
        return self._jobs < self._config.tasks_per_decoder and self._resident < RESIDENT_BYTES

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def strike(self) -> None:
        """Have the child and all that it may have started ended, without waiting. For any thread, at any time."""
        with self._killing:
            if self._process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)

    def kill(self) -> None:
        """End the child and wait until nothing is left of it; its number is given up only under the lock."""
        self.strike()
        with suppress(ChildProcessError):
            os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        with self._killing:
            self._process.wait()
            self._connection.close()
