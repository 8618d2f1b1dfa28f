"""Recordings as players ask for them: lists that are whole at once, segments that are made when somebody watches."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from mediaworks.accounts import Caller
from mediaworks.db import Database
from mediaworks.errors import Forbidden, NotFound, UnsupportedType
from mediaworks.media import Media, MediaLibrary, Status, Visibility
from mediaworks.processing import (
    INDEX,
    AudioRendition,
    CopiedRendition,
    Index,
    IndexRequest,
    Kind,
    PlayedRendition,
    Presentation,
    Sandbox,
    VideoRendition,
    presentation_of,
)
from mediaworks.storage import BlobStore
from mediaworks.streaming import dash, figures, hls, queries
from mediaworks.streaming.cache import SegmentCache
from mediaworks.streaming.captions.model import Track
from mediaworks.streaming.config import StreamingConfig
from mediaworks.streaming.copies import Copies
from mediaworks.streaming.model import Playable
from mediaworks.streaming.runs import Runs
from mediaworks.streaming.watched import Watched

REMEMBERED = 256
INDEX_SECONDS = 60.0
TIDY_SECONDS = 60.0


class Streams:
    def __init__(
        self,
        database: Database,
        library: MediaLibrary,
        store: BlobStore,
        sandbox: Sandbox,
        runs: Runs,
        copies: Copies,
        cache: SegmentCache,
        config: StreamingConfig,
        max_pixels: int,
    ) -> None:
        self._database = database
        self._library = library
        self._store = store
        self._sandbox = sandbox
        self._runs = runs
        self._copies = copies
        self._cache = cache
        self._watched = Watched(cache.folder)
        self._config = config
        self._max_pixels = max_pixels
        self._known: OrderedDict[tuple[UUID, str], Presentation] = OrderedDict()

    async def playable(self, caller: Caller, media_id: UUID) -> Playable:
        """What there is to be played. Raises NotFound, Forbidden in quarantine, UnsupportedType for what does not play,
        Unprocessable for what cannot be read."""
        return await self.to_play(await self.media(caller, media_id))

    async def media(self, caller: Caller, media_id: UUID) -> Media:
        """The recording itself. Raises as `playable` does, but for what cannot be read."""
        return _checked(await self._library.get(caller, media_id))

    async def shared(self, media_id: UUID) -> Playable:
        """As `playable`, for whom a signed address lets in."""
        return await self.to_play(_checked(await self._library.shared(media_id)))

    async def open_to_all(self, media_id: UUID) -> Playable:
        """As `playable`, for whoever comes. Raises NotFound for what is private."""
        media = await self._library.shared(media_id)
        if media.visibility is Visibility.PRIVATE:
            raise NotFound("There is nothing under this address without its signature")
        return await self.to_play(_checked(media))

    async def to_play(self, media: Media) -> Playable:
        return Playable(
            media_id=media.id,
            user_id=media.user_id,
            is_private=media.visibility is Visibility.PRIVATE,
            sha256=media.sha256,
            storage_key=media.storage_key,
            size_bytes=media.size_bytes,
            mime_type=media.mime_type,
            presentation=await self._presentation(media),
            segment_seconds=self._config.segment_seconds,
        )

    def count_view(self, media_id: UUID) -> None:
        """Somebody begins to play it."""
        self._library.count_view(media_id)

    def master(self, playable: Playable, tracks: Sequence[Track] = ()) -> str:
        return hls.master_playlist(playable.presentation, tracks, playable.query)

    def playlist(self, playable: Playable, name: str) -> str:
        """Raises NotFound for a rendition that is not there."""
        rendition = rendition_of(playable, name)
        if playable.clip is None or isinstance(rendition, CopiedRendition):
            return hls.media_playlist(rendition)
        return hls.clip_playlist(rendition, playable.clip)

    def manifest(self, playable: Playable, tracks: Sequence[Track] = ()) -> bytes:
        return dash.manifest(playable.presentation, "../hls/", tracks, playable.clip)

    async def watch(self, playable: Playable, name: str, number: int) -> tuple[Path, str]:
        """As `segment`, for somebody who watches: a rendition that was watched is worth being made whole."""
        found = await self.segment(playable, name, number)
        rendition = rendition_of(playable, name)
        if playable.clip is None and not isinstance(rendition, CopiedRendition):
            await asyncio.to_thread(self._watched.note, playable.key(rendition))
        return found

    async def segment(self, playable: Playable, name: str, number: int) -> tuple[Path, str]:
        """The file of a segment and its type. Raises what `Runs.segment` raises."""
        rendition = rendition_of(playable, name)
        if isinstance(rendition, CopiedRendition):
            return await self._copies.segment(playable, rendition, number), _type_of(rendition)
        piece = playable.piece(rendition, number)
        if piece is not None:
            return await self._runs.segment(playable.only(piece), piece.of(rendition), 0), _type_of(rendition)
        return await self._runs.segment(playable, rendition, number), _type_of(rendition)

    async def prepare(self, playable: Playable, rendition: PlayedRendition, number: int) -> None:
        """Have a segment made before anybody asks for it, while nobody waits for another. Raises what `Runs.segment` raises."""
        if isinstance(rendition, CopiedRendition):
            await self._copies.segment(playable, rendition, number)
        else:
            await self._runs.spare(playable, rendition, number)

    async def still(self, playable: Playable, name: str, number: int) -> tuple[Path, str]:
        """The picture that a segment begins with, and its type. Raises what `Runs.still` raises."""
        rendition = rendition_of(playable, name)
        if isinstance(rendition, AudioRendition):
            raise NotFound("Only what moves has pictures", code="segment_not_found")
        if isinstance(rendition, CopiedRendition):
            return await self._copies.still(playable, rendition, number), _type_of(rendition)
        piece = playable.piece(rendition, number)
        if piece is not None and isinstance(alone := piece.of(rendition), VideoRendition):
            return await self._runs.still(playable.only(piece), alone, 0), _type_of(rendition)
        return await self._runs.still(playable, rendition, number), _type_of(rendition)

    def stills(self, playable: Playable, name: str) -> str:
        """Raises NotFound for a rendition that is not there."""
        rendition = rendition_of(playable, name)
        if playable.clip is None or isinstance(rendition, CopiedRendition):
            return hls.stills_playlist(rendition)
        return hls.clip_stills(rendition, playable.clip)

    async def init(self, playable: Playable, name: str) -> tuple[Path, str]:
        """The file that goes before every segment of a rendition, and its type."""
        rendition = rendition_of(playable, name)
        if isinstance(rendition, CopiedRendition):
            return await self._copies.init(playable, rendition), _type_of(rendition)
        return await self._runs.init(playable, rendition), _type_of(rendition)

    async def tidy(self) -> None:
        """Remove what was made of recordings that are gone, and of others what was not played for longest, down to the
        quota. Every machine does it for its own disk."""
        made = await asyncio.to_thread(self._cache.media)
        async with self._database.reading() as connection:
            kept = await queries.still_there(connection, made)
        for media_id in set(made) - kept:
            await asyncio.to_thread(self._cache.forget, media_id)
        figures.cache_bytes.labels("disk").set(await asyncio.to_thread(self._cache.shrink))

    async def close(self) -> None:
        await self._runs.close()
        await self._copies.close()

    async def _presentation(self, media: Media) -> Presentation:
        """What was found out of a file, remembered. Where each segment would take a copy of all of it, the pictures are not
        given as they are."""
        key = (media.id, media.sha256)
        if (known := self._known.get(key)) is not None:
            self._known.move_to_end(key)
            return known
        async with self._database.reading() as connection:
            index = await queries.index_of(connection, media.id, media.sha256)
        if index is None:
            index = await self._looked_up(media)
        shown = presentation_of(index, heights=self._config.heights, segment_seconds=self._config.segment_seconds)
        self._known[key] = shown if self._copies.are_cheap(media.size_bytes) else shown.encoded()
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return self._known[key]

    async def _looked_up(self, media: Media) -> Index:
        request = IndexRequest(media.mime_type, self._max_pixels)
        async with self._store.as_file(media.storage_key) as descriptor:
            index = await self._sandbox.run(INDEX, descriptor, request, deadline=INDEX_SECONDS)
        async with self._database.transaction() as connection:
            await queries.keep_index(connection, media.id, media.sha256, index)
        return index


def _checked(media: Media) -> Media:
    if media.status is Status.QUARANTINED:
        raise Forbidden(f"The file is in quarantine: {media.quarantine}", code="quarantined")
    if media.kind not in {Kind.VIDEO, Kind.AUDIO}:
        raise UnsupportedType(f"{media.mime_type} is nothing that plays", code="not_playable")
    return media


def rendition_of(playable: Playable, name: str) -> PlayedRendition:
    """Raises NotFound."""
    rendition = playable.presentation.named(name)
    if rendition is None:
        raise NotFound("The recording has no such rendition", code="rendition_not_found")
    return rendition


def _type_of(rendition: PlayedRendition) -> str:
    return "audio/mp4" if isinstance(rendition, AudioRendition) else "video/mp4"
