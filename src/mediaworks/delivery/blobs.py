"""A stored blob as an HTTP response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from litestar import Request, Response
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from mediaworks.delivery.conditions import Answer, Representation, decide
from mediaworks.delivery.headers import SAFETY, content_disposition
from mediaworks.errors import PreconditionFailed, RangeNotSatisfiable
from mediaworks.storage import BlobStore


@dataclass(frozen=True, slots=True)
class Blob:
    """What is to be sent; `sha256` makes the entity tag; `ranges`: whether parts of it may be asked for."""

    key: str
    size: int
    sha256: str
    modified: datetime
    mime_type: str
    name: str
    inline: bool
    cache_control: str
    ranges: bool = True

    def as_whole(self) -> Blob:
        """The blob, given whole or not at all: a Range is ignored, as RFC 9110 section 14.2 allows."""
        return replace(self, ranges=False)


class BlobResponse(Response[bytes]):
    """Streams a blob, or the range of it that was asked for; answers 304, 412 and 416 as RFC 9110 says."""

    def __init__(self, request: Request[Any, Any, Any], store: BlobStore, blob: Blob) -> None:
        """Raises PreconditionFailed and RangeNotSatisfiable."""
        found = Representation(f'"{blob.sha256}"', blob.modified, blob.size)
        self._answer = decide(_conditional(request, blob), found)
        if self._answer.status == 412:
            raise PreconditionFailed("The file is not the one that If-Match or If-Unmodified-Since names")
        if self._answer.status == 416:
            raise RangeNotSatisfiable(f"The file has {blob.size} bytes", size_bytes=blob.size)
        super().__init__(b"", status_code=self._answer.status, headers=_headers(blob, found, self._answer))
        self._store = store
        self._blob = blob

    @property
    def is_first(self) -> bool:
        """Whether this sends the file from its beginning: what counts as one download."""
        return self._answer.status in {200, 206} and self._answer.start == 0

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        return self._send

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in self.headers.items()]
        start: Any = {"type": "http.response.start", "status": self._answer.status, "headers": raw}
        if cast(HTTPScope, scope)["method"] == "HEAD" or self._answer.status == 304:
            await send(start)
        else:
            await self._send_body(start, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_body(self, start: Any, send: Send) -> None:
        answer, begun = self._answer, False
        async for chunk in self._store.read(self._blob.key, answer.start, answer.length):
            if not begun:
                await send(start)
                begun = True
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if not begun:
            await send(start)


def _conditional(request: Request[Any, Any, Any], blob: Blob) -> Mapping[str, str]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not blob.ranges:
        headers.pop("range", None)
    return headers


def _headers(blob: Blob, found: Representation, answer: Answer) -> dict[str, str]:
    headers = {
        **SAFETY,
        "etag": found.etag,
        "last-modified": found.last_modified,
        "accept-ranges": "bytes" if blob.ranges else "none",
        "cache-control": blob.cache_control,
        "content-disposition": content_disposition(blob.name, inline=blob.inline),
    }
    if answer.status == 304:
        return headers
    headers |= {"content-type": blob.mime_type, "content-length": str(answer.length)}
    if answer.status == 206:
        end = answer.start + answer.length - 1
        headers["content-range"] = f"bytes {answer.start}-{end}/{blob.size}"
    return headers
