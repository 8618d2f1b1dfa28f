"""The SHA-256 of uploads under way, as far as this process has seen them from their first byte.

A hash cannot be kept in a row and taken up elsewhere, so an upload that goes on in another process, or of which parts came
in another order, is read back once when it is whole.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

REMEMBERED = 10_000


class Digests:
    """The newest of them; each belongs to the bytes up to an offset."""

    def __init__(self) -> None:
        self._kept: dict[UUID, tuple[int, Digest]] = {}

    def take(self, upload_id: UUID, offset: int) -> Digest | None:
        """The digest of the first `offset` bytes, which is then the caller's; None when nobody here knows it."""
        kept_offset, digest = self._kept.pop(upload_id, (0, hashlib.sha256()))
        if offset == 0:
            return hashlib.sha256()
        return digest if kept_offset == offset else None

    def put(self, upload_id: UUID, offset: int, digest: Digest | None) -> None:
        if digest is None:
            return
        if len(self._kept) >= REMEMBERED:
            del self._kept[next(iter(self._kept))]
        self._kept[upload_id] = (offset, digest)
