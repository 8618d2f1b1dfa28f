"""All walls of a child, put up one after another; each tells whether it stands."""

from __future__ import annotations

import resource
import signal
import sys
from collections.abc import Callable

from mediaworks.processing.sandbox import landlock, libc, namespaces, seccomp

OPEN_FILES = 32


def raise_walls(memory: int) -> dict[str, bool]:
    """Shut this process in; `memory` in bytes. A wall that the kernel refuses is left out, and said to be."""
    walls: dict[str, Callable[[], None]] = {
        "limits": lambda: _limit(memory),
        "namespaces": namespaces.leave_the_network,
        "death with parent": lambda: libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL),
        "no new privileges": lambda: libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1),
        "landlock": landlock.close_the_file_system,
        "seccomp": seccomp.refuse_system_calls,
    }
    return {name: _stands(build) for name, build in walls.items()}


def _stands(build: Callable[[], None]) -> bool:
    if sys.platform != "linux" and build.__name__ != "<lambda>":
        return False
    try:
        build()
    except (OSError, AttributeError):
        return False
    return True


def _limit(memory: int) -> None:
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_AS: 4 * memory,
    }
    for kind, value in limits.items():
        resource.setrlimit(kind, (value, value))
