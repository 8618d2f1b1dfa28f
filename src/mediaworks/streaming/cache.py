"""Segments that were made, on the disk: one place for all viewers and all protocols. Losing it costs time, nothing else."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from mediaworks.streaming.claims import GATE, RUN

INIT = "init.mp4"
SEGMENT = ".m4s"


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
        folder = self.folder / rendition
        folder.mkdir(parents=True, exist_ok=True)
        path, fresh = folder / name, folder / f".{name}.{uuid4().hex}"
        try:
            fresh.write_bytes(data)
            fresh.replace(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        return path

    def made(self, rendition: str) -> set[int]:
        """The numbers of the segments that are there."""
        return {int(path.stem) for path in (self.folder / rendition).glob(f"*{SEGMENT}") if path.stem.isdigit()}

    def media(self) -> list[UUID]:
        """The media objects of which something is there."""
        return [UUID(path.name) for path in self.folder.glob("*-*-*-*-*")]

    def forget(self, media_id: UUID) -> None:
        """Remove all that was made of a media object."""
        shutil.rmtree(self.folder / str(media_id), ignore_errors=True)

    def shrink(self) -> int:
        """Remove what was not used for longest until the rest fits the quota; returns how many bytes went."""
        found = sorted(self._files())
        surplus = sum(size for _, size, _ in found) - self.quota
        gone = 0
        for _, size, path in found:
            if gone >= surplus:
                break
            with suppress(FileNotFoundError):
                path.unlink()
                gone += size
        return gone

    def _files(self) -> Iterator[tuple[int, int, Path]]:
        for parent, _, names in os.walk(self.folder):
            for name in names:
                if name.startswith((GATE, RUN)):
                    continue
                path = Path(parent) / name
                with suppress(FileNotFoundError):
                    about = path.stat()
                    if not name.startswith(".") or about.st_mtime < time.time() - 3600:
                        yield about.st_atime_ns, about.st_size, path


def segment_name(number: int) -> str:
    return f"{number}{SEGMENT}"


def still_name(number: int) -> str:
    return f"still-{number}{SEGMENT}"
