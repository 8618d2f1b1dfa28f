"""What was made, as an HTTP response."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any

from litestar import Request

from mediaworks.errors import Unavailable
from mediaworks.kit.headers import SAFETY
from mediaworks.media.sending.blobs import Blob, BlobResponse
from mediaworks.media.sending.conditions import Representation
from mediaworks.media.sending.responses import PartialResponse
from mediaworks.processing import Layout
from mediaworks.storage import BlobStore

CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that stays readable while it is sent, also when it is removed meanwhile."""

    file: FileIO
    found: Representation


def opened(path: Path) -> OpenFile:
    """Its entity tag is of these very bytes: when they were made, and how many they are. Blocks. Raises Unavailable when it
    is gone."""
    try:
        file = FileIO(path)
    except FileNotFoundError:
        raise Unavailable("The segment is gone already: try again", retry_after=1) from None
    about = os.fstat(file.fileno())
    made = datetime.fromtimestamp(about.st_mtime, UTC)
    return OpenFile(file, Representation(f'"{about.st_mtime_ns:x}-{about.st_size:x}"', made, about.st_size))


class FileResponse(PartialResponse):
    """Streams an open file, or a range of it, and closes it."""

    def __init__(self, request: Request[Any, Any, Any], file: OpenFile, mime_type: str, cache_control: str) -> None:
        """Raises PreconditionFailed and RangeNotSatisfiable."""
        super().__init__(request, file.found, mime_type, {**SAFETY, "cache-control": cache_control})
        self._file = file.file

    async def _send(self, *arguments: Any) -> None:
        with self._file:
            await super()._send(*arguments)

    def _read(self, start: int, length: int) -> AsyncIterator[bytes]:
        return _read(self._file, start, length)


class FaststartResponse(BlobResponse):
    """Streams a blob, or a range of it, with its index in front; closes the file that has the index."""

    def __init__(
        self, request: Request[Any, Any, Any], store: BlobStore, blob: Blob, layout: Layout, index: FileIO
    ) -> None:
        """Raises PreconditionFailed and RangeNotSatisfiable."""
        super().__init__(request, store, replace(blob, edition="-faststart"))
        self._layout = layout
        self._index = index

    async def _send(self, *arguments: Any) -> None:
        with self._index:
            await super()._send(*arguments)

    async def _read(self, start: int, length: int) -> AsyncIterator[bytes]:
        for place in self._layout.places(start, length):
            if place.in_index:
                chunks = _read(self._index, place.offset, place.length)
            else:
                chunks = self._store.read(self._key, place.offset, place.length)
            async for chunk in chunks:
                yield chunk


async def _read(file: FileIO, start: int, length: int) -> AsyncIterator[bytes]:
    end = start + length
    while start < end:
        chunk = await asyncio.to_thread(os.pread, file.fileno(), min(CHUNK, end - start), start)
        if not chunk:
            return
        yield chunk
        start += len(chunk)
