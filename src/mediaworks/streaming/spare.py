"""What runs have for whom nobody waits: what they make counts for nothing, and goes first when room is needed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from mediaworks.processing import AnyRendition
from mediaworks.streaming.cache import SegmentCache
from mediaworks.streaming.claims import begin_unseen
from mediaworks.streaming.metering import Meter
from mediaworks.streaming.model import Playable
from mediaworks.streaming.runs import Standing
from mediaworks.streaming.shared.shelf import Shelf
from mediaworks.streaming.slots import Slots

NICE = 19
NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class SpareCache(SegmentCache):
    """The same files. Looking for one does not use it, and one that is put there was never used."""

    def found(self, rendition: str, name: str) -> Path | None:
        path = self.folder / rendition / name
        return path if path.exists() else None

    def put(self, rendition: str, name: str, data: bytes) -> Path:
        path = SegmentCache.put(self, rendition, name, data)
        os.utime(path, ns=(0, path.stat().st_mtime_ns))
        return path


@dataclass(frozen=True, slots=True)
class SpareShelf:
    """Gives to others, and leaves there what they have."""

    shelf: Shelf

    async def fetch(self, place: str, name: str) -> Path | None:
        return None

    async def names(self, place: str) -> set[str]:
        return await self.shelf.names(place)

    def offer(self, media_id: UUID, place: str, name: str, used_at: datetime | None = None) -> None:
        self.shelf.offer(media_id, place, name, NEVER)


@dataclass(frozen=True, slots=True)
class SpareMeter:
    """For nobody who has nothing left, and at nobody's expense."""

    meter: Meter

    async def require(self, playable: Playable, rendition: AnyRendition) -> None:
        await self.meter.require(playable, rendition)

    async def count(self, playable: Playable, rendition: AnyRendition, *, seconds: float) -> None:
        """Nobody asked for it."""


def spare_standing(folder: Path) -> Standing:
    """A place of its own below the `folder` of the cache, and claims that nobody sees: no viewer waits for such a run."""
    return Standing(Slots(folder, 1, ".spare"), NICE, begin_unseen)
