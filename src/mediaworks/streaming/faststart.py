"""Recordings whose index is sent before their pictures: it alone is kept, all else comes from the storage."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial
from io import FileIO

from mediaworks.errors import Unprocessable
from mediaworks.media import Media
from mediaworks.processing import ISO_MEDIA, Layout, layout_of, moved_index
from mediaworks.storage import BlobStore
from mediaworks.streaming.cache import SegmentCache
from mediaworks.streaming.flights import Flights
from mediaworks.streaming.sending import opened

AT_ONCE = 2
REMEMBERED = 1024
NAME = "index"


class Faststarts:
    """Remembers of each file only how it is laid out; the moved index lies in the cache."""

    def __init__(self, store: BlobStore, cache: SegmentCache) -> None:
        self._store = store
        self._flights = Flights(cache, AT_ONCE)
        self._known: OrderedDict[str, Layout | None] = OrderedDict()

    async def of(self, media: Media) -> tuple[Layout, FileIO] | None:
        """How the recording is laid out, and its index as it is to be sent, open; None for one that is sent as it is."""
        if media.mime_type not in ISO_MEDIA:
            return None
        layout = await self._layout(media)
        if layout is None:
            return None
        folder = f"{media.id}/{media.sha256[:16]}-faststart"
        try:
            path = await self._flights.file(folder, NAME, partial(self._moved, media, layout))
        except Unprocessable:
            self._known[media.sha256] = None
            return None
        return layout, (await asyncio.to_thread(opened, path)).file

    async def close(self) -> None:
        await self._flights.close()

    async def _layout(self, media: Media) -> Layout | None:
        if media.sha256 not in self._known:
            self._known[media.sha256] = await layout_of(media.size_bytes, partial(self._read, media.storage_key))
        self._known.move_to_end(media.sha256)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return self._known[media.sha256]

    async def _moved(self, media: Media, layout: Layout) -> bytes:
        """Raises Unprocessable."""
        index = await self._read(media.storage_key, layout.start, layout.end - layout.start)
        shown = await asyncio.to_thread(moved_index, index, layout)
        if shown is None:
            raise Unprocessable("The recording's index is not understood")
        return shown

    async def _read(self, key: str, start: int, length: int) -> bytes:
        return b"".join([chunk async for chunk in self._store.read(key, start, length)])
