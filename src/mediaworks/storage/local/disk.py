"""What makes bytes on a disk durable and visible, in the order on which everything rests (docs/durability.md):
fsync of the file, rename to its key, fsync of the folder of the new name."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mediaworks.errors import StorageFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def publish(descriptor: int, temporary: Path, final: Path, root: Path) -> None:
    """Make the open file `temporary` the blob `final`. Returns when both its bytes and its name survive a power cut."""
    os.fsync(descriptor)
    make_folder(final.parent, root)
    temporary.rename(final)
    sync_folder(final.parent)


def make_folder(folder: Path, root: Path) -> None:
    """Make `folder` and those above it up to `root`, each durable before the next."""
    if folder == root or folder.is_dir():
        return
    make_folder(folder.parent, root)
    with suppress(FileExistsError):
        folder.mkdir()
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, view: memoryview, offset: int) -> None:
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


@contextmanager
def full_disk_is_storage_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StorageFull from error
