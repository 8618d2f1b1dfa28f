"""Puts up walls around itself and becomes a program that is not ours. Run as a file, so that nothing of the service loads.

Called as `launch.py LIMITS PROGRAM ARGUMENT…`. LIMITS are lines of a name and a value: `memory` and `output` in bytes, `cpu`
in seconds, `parent`: who is to live for as long as we do, `nice`: how far to stand back, and any number of `file` and `writable`: descriptors of ours that
the program may open again by /proc/self/fd/N, to read or to write, of `readable`: folders, and of `own`: folders in which it may make files.

It runs before every program, so what it loads is counted in milliseconds: no pathlib, no json, no typing.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
OPEN_FILES = 64
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store")
READABLE = ("/etc/ld.so.cache", "/dev/null", "/dev/urandom", "/sys/devices/system/cpu", "/proc/cpuinfo")
INTERPRETER = 3  # PT_INTERP, elf(5)


def main() -> None:
    told, program = _read(sys.argv[1]), sys.argv[2]
    _skip_what_packages_load()
    from mediaworks.processing.sandbox.walls import stands

    os.nice(int(told["nice"][0]))
    for build in walls(told, program).values():
        stands(build)
    if os.getppid() != int(told["parent"][0]):
        sys.exit("The service is gone")
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # who writes too much ends by it, and so tells why
    os.execv(program, sys.argv[2:])  # noqa: S606 - what this file is for


def walls(told: dict[str, list[str]], program: str) -> dict[str, Callable[[], None]]:
    from mediaworks.processing.sandbox import landlock
    from mediaworks.processing.sandbox import walls as common

    cpu = int(told["cpu"][0])
    loader = interpreter_of(program)
    return common.walls(
        int(told["memory"][0]),
        int(told["output"][0]),
        more={resource.RLIMIT_NOFILE: OPEN_FILES, resource.RLIMIT_CPU: cpu},
        files=lambda: landlock.close_the_file_system(
            (*READABLE, *LIBRARIES, *told.get("readable", ())),
            executable=(program, loader) if loader else (program,),
            files=map(int, told.get("file", ())),
            writable=map(int, told.get("writable", ())),
            own=told.get("own", ()),
        ),
        but={"execve"},
    )


def interpreter_of(program: str) -> str | None:
    """What loads the program: the one file beside it that must be executable. None where it needs none, or is no ELF of 64 bits."""
    with open(program, "rb") as file:  # noqa: PTH123
        head = file.read(64)
        if head[:5] != b"\x7fELF\x02":
            return None
        at, size, count = _number(head[32:40]), _number(head[54:56]), _number(head[56:58])
        for number in range(count):
            file.seek(at + number * size)
            entry = file.read(size)
            if _number(entry[:4]) == INTERPRETER:
                file.seek(_number(entry[8:16]))
                return file.read(_number(entry[32:40])).rstrip(b"\0").decode()
    return None


def _number(data: bytes) -> int:
    return int.from_bytes(data, sys.byteorder)


def _read(lines: str) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for line in lines.splitlines():
        name, _, value = line.partition(" ")
        told.setdefault(name, []).append(value)
    return told


def _skip_what_packages_load() -> None:
    """Make our packages known without running their `__init__`, which would load the service."""
    for name, folder in (
        ("mediaworks", ROOT),
        ("mediaworks.processing", f"{ROOT}/processing"),
        ("mediaworks.processing.sandbox", f"{ROOT}/processing/sandbox"),
    ):
        package = ModuleType(name)
        package.__path__ = [folder]
        sys.modules[name] = package


if __name__ == "__main__":
    main()
