"""A stored blob as an HTTP response."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Request

from mediaworks.kit.headers import SAFETY, content_disposition
from mediaworks.media.sending.conditions import Representation
from mediaworks.media.sending.responses import PartialResponse
from mediaworks.storage import BlobStore


@dataclass(frozen=True, slots=True)
class Blob:
    """What is to be sent; `sha256`, and the `edition` of those bytes, make the entity tag; `ranges`: whether parts of it may
    be asked for."""

    key: str
    size: int
    sha256: str
    modified: datetime
    mime_type: str
    name: str
    inline: bool
    cache_control: str
    ranges: bool = True
    edition: str = ""

    def as_whole(self) -> Blob:
        """The blob, given whole or not at all: a Range is ignored, as RFC 9110 section 14.2 allows."""
        return replace(self, ranges=False)


class BlobResponse(PartialResponse):
    """Streams a blob, or the range of it that was asked for."""

    def __init__(self, request: Request[Any, Any, Any], store: BlobStore, blob: Blob) -> None:
        """Raises PreconditionFailed and RangeNotSatisfiable."""
        headers = {
            **SAFETY,
            "cache-control": blob.cache_control,
            "content-disposition": content_disposition(blob.name, inline=blob.inline),
        }
        found = Representation(f'"{blob.sha256}{blob.edition}"', blob.modified, blob.size)
        super().__init__(request, found, blob.mime_type, headers, ranges=blob.ranges)
        self._store = store
        self._key = blob.key

    def _read(self, start: int, length: int) -> AsyncIterator[bytes]:
        return self._store.read(self._key, start, length)
