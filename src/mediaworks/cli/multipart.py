"""A multipart/form-data body (RFC 7578) that is never held in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from secrets import token_hex

from mediaworks.cli.sources import Source


@dataclass(frozen=True, slots=True)
class Body:
    """`length` is None when nobody knows it; `stream` can be read once."""

    content_type: str
    length: int | None
    stream: Iterator[bytes]

    @property
    def headers(self) -> dict[str, str]:
        length = {} if self.length is None else {"content-length": str(self.length)}
        return {"content-type": self.content_type, **length}


def multipart_body(source: Source, fields: Mapping[str, str], sent: Callable[[int], None]) -> Body:
    """`source` in the field `file`, after `fields`.

    `sent` hears the size of each piece that was handed over, and 0 before the body ends; what it raises keeps the body
    from ending, so that half a file never passes for a whole one.
    """
    boundary = token_hex(16)
    head = b"".join(_field(boundary, name, value) for name, value in fields.items()) + _file_head(boundary, source.name)
    tail = f"\r\n--{boundary}--\r\n".encode()

    def stream() -> Iterator[bytes]:
        yield head
        for chunk in source.chunks():
            yield chunk
            sent(len(chunk))
        sent(0)
        yield tail

    length = None if source.size is None else len(head) + source.size + len(tail)
    return Body(f"multipart/form-data; boundary={boundary}", length, stream())


def _field(boundary: str, name: str, value: str) -> bytes:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode(
        "utf-8", "replace"
    )


def _file_head(boundary: str, name: str) -> bytes:
    disposition = f'Content-Disposition: form-data; name="file"; filename="{_quoted(name)}"'
    return f"--{boundary}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n".encode("utf-8", "replace")


def _quoted(name: str) -> str:
    """As browsers write it (WHATWG HTML, multipart form data): quotes and line breaks in percent."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
