"""A multipart/form-data body (RFC 7578) as it arrives: fields in memory within limits, files as streams.

The body is never held: each chunk from the server goes through the parser to whoever reads the file's chunks.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

import multipart

from mediaworks.errors import Invalid, MalformedBody, TooLarge

FIELD_BYTES = 64 * 1024
PARTS = 1_000


@dataclass(frozen=True, slots=True)
class Field:
    """A text field of the form."""

    name: str
    value: str


@dataclass(slots=True)
class FilePart:
    """A file of the form. Its chunks are to be read (or skipped) before the next part is asked for."""

    name: str
    filename: str
    chunks: AsyncIterator[bytes]


class Form:
    """The parts of one body, in their order. Iterate over `parts()` once."""

    def __init__(self, content_type: str, body: AsyncIterator[bytes]) -> None:
        """Raises Invalid unless `content_type` is multipart/form-data with a boundary."""
        self._parser = multipart.PushMultipartParser(_boundary(content_type), max_segment_count=PARTS)
        self._events = self._parse(body)

    async def parts(self) -> AsyncGenerator[Field | FilePart, None]:
        """Raises MalformedBody as soon as the body breaks its format, also by ending early."""
        async for event in self._events:
            if not isinstance(event, multipart.MultipartSegment):
                raise MalformedBody("The body has data outside of a part")
            if event.filename is None:
                yield Field(event.name or "", await self._text(event.name or ""))
                continue
            part = FilePart(event.name or "", event.filename, self._chunks())
            yield part
            async for _ in part.chunks:
                raise RuntimeError("the chunks of a file are to be read before the next part")

    async def _text(self, name: str) -> str:
        collected = bytearray()
        async for chunk in self._chunks():
            collected += chunk
            if len(collected) > FIELD_BYTES:
                raise TooLarge(f"{name}: a field has at most {FIELD_BYTES} bytes", field=name, limit=FIELD_BYTES)
        try:
            return collected.decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedBody(f"{name}: is not UTF-8", field=name) from error

    async def _chunks(self) -> AsyncIterator[bytes]:
        async for event in self._events:
            if event is None:
                return
            yield event

    async def _parse(self, body: AsyncIterator[bytes]) -> AsyncIterator[multipart.MultipartSegment | bytes | None]:
        try:
            async for chunk in body:
                for event in self._parser.parse(chunk):
                    yield event
            self._parser.close()
        except multipart.MultipartError as error:
            raise MalformedBody(f"The multipart body is malformed: {error}") from error


def _boundary(content_type: str) -> str:
    kind, options = multipart.parse_options_header(content_type)
    if kind.lower() != "multipart/form-data":
        raise Invalid(
            "The body must be multipart/form-data with the file in the field `file`",
            code="not_multipart",
            field="file",
        )
    boundary = options.get("boundary", "")
    if not 1 <= len(boundary) <= 200 or "\n" in boundary:
        raise MalformedBody("The Content-Type has no usable boundary", code="missing_boundary")
    return str(boundary)
