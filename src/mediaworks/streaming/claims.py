"""Who makes which segments, on this machine: a locked file for each run, which every process sees and can write a wish into.

The kernel lets go of the lock when the process is gone, however it went.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

RUN = ".run-"
GATE = ".gate"
_NUMBERS = struct.Struct("=qqq")


@dataclass(slots=True)
class Claim:
    """A run: `next` is the segment that it makes just now, `wanted` the farthest that somebody waits for, `last` its end.
    `is_own`: whether it was claimed here, and is to be made here."""

    is_own: bool
    _file: int
    _shared: mmap.mmap
    _path: Path

    @property
    def next(self) -> int:
        return self._numbers()[0]

    @property
    def wanted(self) -> int:
        return self._numbers()[1]

    @property
    def last(self) -> int:
        return self._numbers()[2]

    def made(self, number: int) -> None:
        struct.pack_into("=q", self._shared, 0, number + 1)

    def want(self, number: int) -> None:
        """Two who want at once may write over each other: they go on wanting."""
        if number > self.wanted:
            struct.pack_into("=q", self._shared, 8, number)

    def is_alive(self) -> bool:
        """Whether whoever claimed it still works on it."""
        return self.is_own or not _can_lock(self._file)

    def reaches(self, number: int, ahead: int) -> bool:
        first, _, last = self._numbers()
        return first <= number <= min(first + ahead, last)

    def hide(self) -> None:
        """Nobody finds it any more."""
        self._path.unlink(missing_ok=True)

    def release(self) -> None:
        if self.is_own:
            self.hide()
        self._shared.close()
        os.close(self._file)

    def _numbers(self) -> tuple[int, int, int]:
        numbers: tuple[int, int, int] = _NUMBERS.unpack_from(self._shared)
        return numbers


@contextmanager
def gate(folder: Path) -> Iterator[None]:
    """Only one at a time, of all processes, decides who makes what below `folder`. Blocks a moment."""
    folder.mkdir(parents=True, exist_ok=True)
    file = os.open(folder / GATE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def begin(folder: Path, first: int, last: int) -> Claim:
    """Claim a run from segment `first` to `last`. Only within the `gate`."""
    path = folder / f"{RUN}{uuid4().hex}"
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    os.pwrite(file, _NUMBERS.pack(first, first - 1, last), 0)
    return Claim(True, file, mmap.mmap(file, _NUMBERS.size), path)


def begin_unseen(folder: Path, first: int, last: int) -> Claim:
    """As `begin`, of a run for which nobody is to wait."""
    claim = begin(folder, first, last)
    claim.hide()
    return claim


def reaching(folder: Path, number: int, ahead: int) -> Claim | None:
    """A run of somebody else that is about to make segment `number`; what the dead have left is removed. Only within the
    `gate`."""
    for path in folder.glob(f"{RUN}*"):
        with suppress(FileNotFoundError):
            claim = _seen(path)
            if not claim.is_alive():
                path.unlink(missing_ok=True)
            elif claim.reaches(number, ahead):
                return claim
            claim.release()
    return None


def _seen(path: Path) -> Claim:
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    return Claim(False, file, mmap.mmap(file, _NUMBERS.size), path)


def _can_lock(file: int) -> bool:
    """Whether the lock was there to be had; it is given back."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True
