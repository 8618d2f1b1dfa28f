"""All walls of a child, put up one after another; each tells whether it stands."""

from __future__ import annotations

import resource
import signal
import sys

from mediaworks.processing.sandbox import landlock, libc, namespaces, seccomp

TYPE_CHECKING = False
if TYPE_CHECKING:  # what starts a program counts milliseconds: it loads no `typing`
    from collections.abc import Callable, Collection

OPEN_FILES = 32


def raise_walls(memory: int, output: int) -> dict[str, bool]:
    """Shut this process in; `memory` and `output`, what may be written into a file that is handed in, in bytes.

    A wall that the kernel refuses is left out, and said to be.
    """
    return {name: stands(build) for name, build in walls(memory, output).items()}


def walls(
    memory: int,
    output: int,
    *,
    more: dict[int, int] | None = None,
    files: Callable[[], None] | None = None,
    but: Collection[str] = (),
) -> dict[str, Callable[[], None]]:
    """How each is put up, in the order in which they have to be.

    `more`: limits beside ours, or instead of them; `files`: what closes the file system, where more than fonts is to stay
    readable; `but`: refused calls of the system that are allowed.
    """
    return {
        "limits": lambda: _limit(memory, output, more or {}),
        "namespaces": namespaces.leave_the_network,
        "death with parent": lambda: libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL),
        "no new privileges": lambda: libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1),
        "landlock": files or _close_all_but_fonts,
        "seccomp": lambda: seccomp.refuse_system_calls(but),
    }


def _close_all_but_fonts() -> None:
    """Fonts stay readable: text cannot be set without them, and which are needed is known when the text is."""
    from mediaworks.processing import fonts

    landlock.close_the_file_system(fonts.readable())


def stands(build: Callable[[], None]) -> bool:
    """Put one up; False where the kernel refuses it."""
    if sys.platform != "linux" and build.__name__ != "<lambda>":
        return False
    try:
        build()
    except (OSError, AttributeError):
        return False
    return True


def _limit(memory: int, output: int, more: dict[int, int]) -> None:
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: output,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_AS: 4 * memory,
        **more,
    }
    for kind, wanted in limits.items():
        highest = resource.getrlimit(kind)[1]
        value = wanted if highest == resource.RLIM_INFINITY else min(wanted, highest)
        resource.setrlimit(kind, (value, value))
