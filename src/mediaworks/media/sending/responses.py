"""An answer that may be asked for in part, or only if it has changed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

from litestar import Request, Response
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from mediaworks.errors import PreconditionFailed, RangeNotSatisfiable
from mediaworks.media.sending.conditions import Answer, Representation, decide


class PartialResponse(Response[bytes]):
    """Streams a representation, or the range of it that was asked for; answers 304, 412 and 416 as RFC 9110 says."""

    def __init__(
        self,
        request: Request[Any, Any, Any],
        found: Representation,
        mime_type: str,
        headers: Mapping[str, str],
        *,
        ranges: bool = True,
    ) -> None:
        """Raises PreconditionFailed and RangeNotSatisfiable. `ranges`: whether parts of it may be asked for."""
        self._answer = decide(_conditional(request, ranges=ranges), found)
        if self._answer.status == 412:
            raise PreconditionFailed("The file is not the one that If-Match or If-Unmodified-Since names")
        if self._answer.status == 416:
            raise RangeNotSatisfiable(f"The file has {found.size} bytes", size_bytes=found.size)
        whole = {
            **headers,
            "etag": found.etag,
            "last-modified": found.last_modified,
            "accept-ranges": "bytes" if ranges else "none",
        }
        body = _of_body(self._answer, found, mime_type)
        super().__init__(b"", status_code=self._answer.status, headers=whole | body)

    @property
    def is_first(self) -> bool:
        """Whether this sends the file from its beginning: what counts as one download."""
        return self._answer.status in {200, 206} and self._answer.start == 0

    @abstractmethod
    def _read(self, start: int, length: int) -> AsyncIterator[bytes]:
        """`length` bytes from offset `start`."""

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
        begun = False
        async for chunk in self._read(self._answer.start, self._answer.length):
            if not begun:
                await send(start)
                begun = True
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if not begun:
            await send(start)


def _conditional(request: Request[Any, Any, Any], *, ranges: bool) -> Mapping[str, str]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not ranges:
        headers.pop("range", None)
    return headers


def _of_body(answer: Answer, found: Representation, mime_type: str) -> dict[str, str]:
    if answer.status == 304:
        return {}
    headers = {"content-type": mime_type, "content-length": str(answer.length)}
    if answer.status == 206:
        headers["content-range"] = f"bytes {answer.start}-{answer.start + answer.length - 1}/{found.size}"
    return headers
