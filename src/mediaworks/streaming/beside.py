"""What players need beside segments, wired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mediaworks.db import Database
from mediaworks.media import MediaLibrary
from mediaworks.storage import BlobStore
from mediaworks.streaming.cache import SegmentCache
from mediaworks.streaming.captions.service import Captions
from mediaworks.streaming.faststart import Faststarts
from mediaworks.streaming.flights import Flights
from mediaworks.streaming.originals import Files
from mediaworks.streaming.storyboards.service import Storyboards


@dataclass(frozen=True, slots=True)
class Beside:
    captions: Captions
    storyboards: Storyboards
    faststarts: Faststarts
    _flights: Flights

    async def close(self) -> None:
        await self._flights.close()
        await self.faststarts.close()


def open_beside(
    database: Database,
    library: MediaLibrary,
    store: BlobStore,
    originals: Files,
    cache: SegmentCache,
    ffmpeg: Callable[[], Path],
    *,
    at_once: int,
) -> Beside:
    """`at_once`: programs that may run at the same time in this process."""
    flights = Flights(cache, at_once)
    captions = Captions(database, library, originals, flights, ffmpeg)
    return Beside(captions, Storyboards(originals, flights, ffmpeg), Faststarts(store, cache), flights)
