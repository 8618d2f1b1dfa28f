"""What is to be uploaded: files, folders, patterns and standard input, and their bodies as streams."""

from __future__ import annotations

import glob
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from mediaworks.errors import SetupError

CHUNK_BYTES = 256 * 1024
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """`path` None is standard input, whose `size` nobody knows."""

    path: Path | None
    name: str
    size: int | None

    def chunks(self) -> Iterator[bytes]:
        if self.path is None:
            yield from iter(lambda: sys.stdin.buffer.read(CHUNK_BYTES), b"")
            return
        with self.path.open("rb") as file:
            yield from iter(lambda: file.read(CHUNK_BYTES), b"")


def find_sources(arguments: Iterable[str], stdin_name: str) -> list[Source]:
    """Every file that the arguments name; folders with all in them but hidden files. Raises SetupError for nothing."""
    found = [source for argument in arguments for source in _sources(argument, stdin_name)]
    if not found:
        raise SetupError("There is nothing to upload: the folders and patterns hold no file")
    return found


def _sources(argument: str, stdin_name: str) -> Iterator[Source]:
    if argument == STDIN:
        yield Source(None, stdin_name, None)
        return
    path = Path(argument)
    if path.is_dir():
        yield from (_source(file) for file in sorted(path.rglob("*")) if file.is_file() and not _hidden(file, path))
        return
    matches = [path] if path.exists() else [Path(match) for match in sorted(glob.glob(argument, recursive=True))]  # noqa: PTH207
    if not matches:
        raise SetupError(f"{argument}: there is no such file")
    yield from (_source(match) for match in matches if match.is_file())


def _source(path: Path) -> Source:
    return Source(path, path.name, path.stat().st_size)


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(root).parts)


@dataclass(frozen=True, slots=True)
class Body:
    """A multipart/form-data body (RFC 7578) that is never held in memory; `length` None when nobody knows it."""

    content_type: str
    length: int | None
    stream: Iterator[bytes]

    @property
    def headers(self) -> dict[str, str]:
        length = {} if self.length is None else {"content-length": str(self.length)}
        return {"content-type": self.content_type, **length}


def multipart_body(source: Source, fields: Mapping[str, str], sent: Callable[[int], None]) -> Body:
    """`source` in the field `file`, after `fields`; `sent` hears of each piece that was handed over."""
    boundary = token_hex(16)
    head = b"".join(_part(boundary, f'name="{name}"', value.encode()) for name, value in fields.items())
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{_quoted(source.name)}"\r\n\r\n'.encode()
    tail = f"\r\n--{boundary}--\r\n".encode()

    def stream() -> Iterator[bytes]:
        yield head
        for chunk in source.chunks():
            yield chunk
            sent(len(chunk))
        yield tail

    length = None if source.size is None else len(head) + source.size + len(tail)
    return Body(f"multipart/form-data; boundary={boundary}", length, stream())


def _part(boundary: str, disposition: str, value: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + value + b"\r\n"


def _quoted(name: str) -> str:
    """As browsers write it (WHATWG HTML, multipart form data): quotes and line breaks in percent."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").encode("utf-8", "replace").decode()
