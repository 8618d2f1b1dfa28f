"""What a storage backend promises. The contract suite in `mediaworks.testing.storage` holds it to every word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """One blob that is there: `size` in bytes, `modified` when its bytes were last written."""

    key: str
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer wrote: `size` in bytes and the SHA-256 of all of it in hex."""

    size: int
    sha256: str


class BlobWriter(Protocol):
    """Bytes on their way to one key. Nothing is to be seen under the key until `commit` returns."""

    async def write(self, chunk: bytes) -> None:
        """Append `chunk`. Raises StorageFull when no space is left."""

    async def commit(self) -> Written:
        """Return what was written, and only when the bytes survive a power cut and are visible under the key; an older blob is replaced.

        Raises StorageFull, or OSError when the medium fails; then nothing is visible and `abort` is still due.
        """

    async def abort(self) -> None:
        """Leave nothing behind of a writer that was not committed. Safe to call twice and after `commit`."""


@runtime_checkable
class BlobStore(Protocol):
    """Blobs by key. A key is a relative path of our own making (`originals/3f/…`), never a user's words."""

    async def create(self, key: str) -> BlobWriter:
        """Begin to write `key`. What an earlier writer of it left unfinished, say one that was killed, is thrown away."""

    async def stat(self, key: str) -> StoredBlob | None:
        """What is under `key`, or None."""

    def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Stream `length` bytes from offset `start` (to the end without one). Raises NotFound before the first."""

    def as_file(self, key: str) -> AbstractAsyncContextManager[int]:
        """A descriptor open for reading and seeking, for programs that need a file. Raises NotFound."""

    async def delete(self, key: str) -> None:
        """Remove `key` for good, and what an unfinished writer of it left. A missing key is no error."""

    def list(self, prefix: str = "") -> AsyncIterator[StoredBlob]:
        """Every blob whose key begins with `prefix`, in no order."""

    async def check(self) -> None:
        """Return when the store can be written; raise Unavailable or StorageFull when not."""

    async def close(self) -> None:
        """Let go of connections."""
