"""Which renditions were watched on this machine: a mark in the folder of each, which every process sees."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

MARK = ".watched"
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Watched:
    """Below the `folder` of the cache. Everything here blocks."""

    folder: Path

    def note(self, rendition: str) -> None:
        """Somebody has just watched a part of it."""
        mark = self.folder / rendition / MARK
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()

    def forget(self, rendition: str) -> None:
        (self.folder / rendition / MARK).unlink(missing_ok=True)

    def latest(self) -> list[str]:
        """The renditions that were watched within a day, what was watched last first."""
        found = [(path.stat().st_mtime, path.parent) for path in self.folder.glob(f"*/*/*/{MARK}")]
        marks = [(moment, place) for moment, place in found if moment > time.time() - DAY_SECONDS]
        return [str(path.relative_to(self.folder)) for _, path in sorted(marks, reverse=True)]
