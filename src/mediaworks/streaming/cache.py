"""Segments that were made, on the disk: one place for all viewers and all protocols. Losing it costs time, nothing else."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

INIT = "init.mp4"
SEGMENT = ".m4s"
FRESH = ".new-"
LEFT_SECONDS = 3600.0  # so old is what nobody writes any more


@dataclass(frozen=True, slots=True)
class SegmentCache:
    """Folders below `folder`, one of each media object and in it one of each rendition; at most `quota` bytes in all once
    `shrink` has run. Everything here blocks."""

    folder: Path
    quota: int

    def found(self, rendition: str, name: str) -> Path | None:
        """The file, which now counts as used: by its time of access, as that of its change tells its bytes from others."""
        path = self.folder / rendition / name
        try:
            os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
        except FileNotFoundError:
            return None
        return path

    def put(self, rendition: str, name: str, data: bytes) -> Path:
        """Keep it: it is there whole or not at all."""
        with self.fresh(rendition, name) as file:
            file.write(data)
        return self.folder / rendition / name

    @contextmanager
    def fresh(self, rendition: str, name: str) -> Iterator[BinaryIO]:
        """A file to write into: it is there once the block has ended well, and never before."""
        folder = self.folder / rendition
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{FRESH}{uuid4().hex}"
        try:
            with fresh.open("wb") as file:
                yield file
            fresh.replace(folder / name)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise

    def read(self, rendition: str, name: str) -> bytes | None:
        """What the file holds, without using it."""
        try:
            return (self.folder / rendition / name).read_bytes()
        except FileNotFoundError:
            return None

    def made(self, rendition: str) -> set[int]:
        """The numbers of the segments that are there."""
        return {int(path.stem) for path in (self.folder / rendition).glob(f"*{SEGMENT}") if path.stem.isdigit()}

    def media(self) -> list[UUID]:
        """The media objects of which something is there."""
        return [UUID(path.name) for path in self.folder.glob("*-*-*-*-*")]

    def forget(self, media_id: UUID) -> None:
        """Remove all that was made of a media object."""
        shutil.rmtree(self.folder / str(media_id), ignore_errors=True)

    def size(self) -> int:
        """How many bytes there are."""
        return sum(size for _, size, _ in self._files())

    def shrink(self) -> int:
        """Remove what was not used for longest until the rest fits the quota; returns how many bytes that is."""
        found = sorted(self._files())
        left = sum(size for _, size, _ in found)
        for _, size, path in found:
            if left <= self.quota:
                break
            path.unlink(missing_ok=True)
            left -= size
        return left

    def _files(self) -> Iterator[tuple[int, int, Path]]:
        for parent, _, names in os.walk(self.folder):
            for name in names:
                if name.startswith(".") and not name.startswith(FRESH):
                    continue
                path = Path(parent) / name
                with suppress(FileNotFoundError):
                    about = path.stat()
                    if not name.startswith(FRESH) or about.st_mtime < time.time() - LEFT_SECONDS:
                        yield about.st_atime_ns, about.st_size, path


def segment_name(number: int) -> str:
    return f"{number}{SEGMENT}"


def still_name(number: int) -> str:
    return f"still-{number}{SEGMENT}"
