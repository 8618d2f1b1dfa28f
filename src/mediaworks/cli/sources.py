"""What is to be uploaded: files, folders, patterns and standard input, each as a stream of bytes."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mediaworks.cli.output import readable
from mediaworks.errors import MediaworksError, SetupError

CHUNK_BYTES = 256 * 1024
STDIN = "-"


class Changed(MediaworksError):
    code, title = "changed", "The file changed while it was read"


@dataclass(frozen=True, slots=True)
class Source:
    """`path` None is standard input, whose `size` nobody knows. `modified_ns`: when the file was written to."""

    path: Path | None
    name: str
    size: int | None
    modified_ns: int | None = None

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` to `stop`, the end without one; a pipe is always read to its end.

        Raises Changed when the file is not as it was found any more, OSError when it cannot be read.
        """
        if self.path is None or self.size is None:
            yield from iter(lambda: sys.stdin.buffer.read(CHUNK_BYTES), b"")
            return
        with self.path.open("rb") as file:
            file.seek(start)
            yield from self._exactly(file, (self.size if stop is None else stop) - start)

    def _exactly(self, file: BinaryIO, left: int) -> Iterator[bytes]:
        """The last piece is given away only when the file is still as it was: what is whole cannot be called back."""
        while left and (chunk := file.read(min(left, CHUNK_BYTES))):
            left -= len(chunk)
            if not left:
                self._require_unchanged(file)
            yield chunk
        self._require_unchanged(file)

    def _require_unchanged(self, file: BinaryIO) -> None:
        now = os.fstat(file.fileno())
        if now.st_size != self.size:
            raise Changed(f"It had {self.size} bytes before, and then {now.st_size}")
        if self.modified_ns not in {None, now.st_mtime_ns}:
            raise Changed("It was written to while it was sent")


def find_sources(arguments: Iterable[str], *, stdin_name: str, recursive: bool = True) -> list[Source]:
    """Every file that the arguments name; folders with all in them but hidden files.

    Raises SetupError for a name without a file, a folder that cannot be read, and when there is nothing at all.
    """
    try:
        found = [source for argument in arguments for source in _sources(argument, stdin_name, recursive)]
    except OSError as error:
        raise SetupError(f"{readable(error.filename)}: {error.strerror}") from error
    if not found:
        raise SetupError("There is nothing to upload: the folders and patterns hold no file")
    return found


def _sources(argument: str, stdin_name: str, recursive: bool) -> Iterator[Source]:
    if argument == STDIN:
        yield Source(None, stdin_name, None)
        return
    for path in _matches(argument):
        if path.is_dir():
            yield from (_source(file) for file in _files_in(path, recursive))
        elif path.is_file():
            yield _source(path)
        else:
            raise SetupError(f"{readable(path)} is neither a file nor a folder; for a pipe use -")


def _matches(argument: str) -> list[Path]:
    path = Path(argument)
    if path.exists():
        return [path]
    matches = [Path(match) for match in sorted(glob.glob(argument, recursive=True))]  # noqa: PTH207
    if not matches:
        raise SetupError(f"{readable(argument)}: there is no such file")
    return matches


def _files_in(folder: Path, recursive: bool) -> Iterator[Path]:
    """In the order of their names; nothing hidden, and no folder behind a link, which might lead in a circle."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_file():
            yield path
        elif recursive and path.is_dir() and not path.is_symlink():
            yield from _files_in(path, recursive)


def _source(path: Path) -> Source:
    found = path.stat()
    return Source(path, readable(path.name), found.st_size, found.st_mtime_ns)
