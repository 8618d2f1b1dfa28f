"""What one tus upload carries: a range of a file, or a pipe whose last bytes are kept until they are safe."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from mediaworks.cli.download import Damaged
from mediaworks.cli.sources import CHUNK_BYTES, Source

KEPT_BYTES = 8 << 20


class Piece(Protocol):
    """`size` is None while nobody knows it."""

    @property
    def size(self) -> int | None: ...

    def chunks(self, offset: int) -> Iterator[bytes]:
        """The bytes from `offset` on, to the end or as many as one request is to carry."""
        ...

    def safe(self, offset: int) -> None:
        """The service holds everything before `offset`: it need not be sent again."""
        ...


class FilePiece:
    """`size` bytes of a file, from `start`."""

    def __init__(self, source: Source, start: int, size: int, seen: Seen) -> None:
        self._source = source
        self._start = start
        self._seen = seen
        self.size = size

    def chunks(self, offset: int) -> Iterator[bytes]:
        at = self._start + offset
        for chunk in self._source.chunks(at, self._start + self.size):
            self._seen.pass_by(at, chunk)
            at += len(chunk)
            yield chunk

    def safe(self, offset: int) -> None: ...


class PipedPiece:
    """Standard input; it is kept in memory from the last safe byte on, at most KEPT_BYTES of it."""

    def __init__(self, source: Source, seen: Seen) -> None:
        self._incoming = source.chunks()
        self._seen = seen
        self._kept = bytearray()
        self._start = 0
        self.size: int | None = None

    def chunks(self, offset: int) -> Iterator[bytes]:
        if again := bytes(self._kept[offset - self._start :]):
            yield again
        while self.size is None and len(self._kept) < KEPT_BYTES:
            chunk = next(self._incoming, b"")
            end = self._start + len(self._kept)
            if not chunk:
                self.size = end
                return
            self._seen.pass_by(end, chunk)
            self._kept += chunk
            yield chunk

    def safe(self, offset: int) -> None:
        del self._kept[: offset - self._start]
        self._start = offset


class Seen:
    """The SHA-256 of what passed by, as far as it passed in order; the rest of a file is read at the end."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._position = 0

    def pass_by(self, offset: int, chunk: bytes) -> None:
        if offset == self._position:
            self._digest.update(chunk)
            self._position += len(chunk)

    def require_same(self, path: Path | None, media: Mapping[str, Any]) -> None:
        """Raise Damaged unless the media object is what passed by and the rest of `path`, None for a pipe."""
        if self._sha256(path) != media["sha256"]:
            raise Damaged(f"The SHA-256 of media {media['id']} is not that of what was sent")

    def _sha256(self, path: Path | None) -> str:
        if path is not None:
            with path.open("rb") as file:
                file.seek(self._position)
                for chunk in iter(lambda: file.read(CHUNK_BYTES), b""):
                    self._digest.update(chunk)
        return self._digest.hexdigest()


def pieces_of(source: Source, count: int, seen: Seen) -> list[Piece]:
    """`source` in at most `count` pieces of nearly the same size; a pipe is one."""
    if source.size is None:
        return [PipedPiece(source, seen)]
    edges = [source.size * number // count for number in range(count + 1)] if source.size >= count else [0, source.size]
    return [FilePiece(source, start, end - start, seen) for start, end in pairwise(edges)]
