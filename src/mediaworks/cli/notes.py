"""What is under way, kept in the user's cache folder so that the next call of the program goes on with it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

KEPT_SECONDS = 30 * 86_400


class Note:
    """The addresses of one source's uploads. Without a file it forgets at the end of the program."""

    def __init__(self, file: BinaryIO | None) -> None:
        self._file = file
        self._addresses = _addresses(file)

    def read(self) -> list[str]:
        """Empty where nothing is known, or what is known cannot be read."""
        return list(self._addresses)

    def write(self, addresses: list[str]) -> None:
        self._addresses = list(addresses)
        if self._file is None:
            return
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps(addresses).encode())
        self._file.flush()


@contextmanager
def note_of(folder: Path | None, *identity: object) -> Iterator[Note]:
    """The note about what `identity` names; without a file where there is no folder, the note cannot be kept, or another
    upload holds it. A note that ends empty is removed.
    """
    if folder is None:
        yield Note(None)
        return
    path = folder / hashlib.sha256(json.dumps(identity, default=str).encode()).hexdigest()
    try:
        file = _locked(path)
    except OSError:
        yield Note(None)
        return
    with file:
        note = Note(file)
        try:
            yield note
        finally:
            if not note.read():
                path.unlink(missing_ok=True)


def forget_old(folder: Path) -> None:
    """Remove notes of uploads that no service keeps for so long."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.stat().st_mtime < time.time() - KEPT_SECONDS:
                path.unlink(missing_ok=True)


def _locked(path: Path) -> BinaryIO:
    """Raises OSError when it cannot be written or somebody else holds it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file


def _addresses(file: BinaryIO | None) -> list[str]:
    if file is None:
        return []
    with suppress(ValueError):
        found = json.load(file)
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return found
    return []
