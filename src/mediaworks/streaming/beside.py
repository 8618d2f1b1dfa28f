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
from mediaworks.streaming.flights import Flights
from mediaworks.streaming.storyboards.service import Storyboards


@dataclass(frozen=True, slots=True)
class Beside:
    captions: Captions
    storyboards: Storyboards
    _flights: Flights

    async def close(self) -> None:
        await self._flights.close()


def open_beside(
    database: Database,
    library: MediaLibrary,
    store: BlobStore,
    cache: SegmentCache,
    ffmpeg: Callable[[], Path],
    *,
    at_once: int,
) -> Beside:
    """`at_once`: programs that may run at the same time in this process."""
    flights = Flights(cache, at_once)
    return Beside(Captions(database, library, store, flights, ffmpeg), Storyboards(store, flights, ffmpeg), flights)
