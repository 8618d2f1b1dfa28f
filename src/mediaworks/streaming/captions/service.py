"""Captions of recordings, whoever brought them: as WebVTT, made when somebody wants to read along."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from mediaworks.accounts import Caller, Scope
from mediaworks.db import Database
from mediaworks.errors import Conflict, NotFound, TooLarge, Unprocessable, UnsupportedType
from mediaworks.events import Event, record
from mediaworks.media import MediaLibrary
from mediaworks.media.model import Access
from mediaworks.processing import TEXT_CODECS, Kind, Limits, captions_of, read_captions, webvtt
from mediaworks.streaming.captions import queries
from mediaworks.streaming.captions.model import LeftOut, NewTrack, Origin, Track
from mediaworks.streaming.captions.segments import segment
from mediaworks.streaming.flights import Flights
from mediaworks.streaming.model import Playable
from mediaworks.streaming.originals import Files

MOST_BYTES = 2 << 20
MOST_TRACKS = 50
PICTURE_CODECS = {"dvb_subtitle", "dvd_subtitle", "hdmv_pgs_subtitle", "xsub"}
PICTURES = "pictures of text, which are no captions before somebody has read them"
EXTRACTION_SECONDS = 120.0


class Captions:
    def __init__(
        self, database: Database, library: MediaLibrary, originals: Files, flights: Flights, ffmpeg: Callable[[], Path]
    ) -> None:
        self._database = database
        self._library = library
        self._originals = originals
        self._flights = flights
        self._ffmpeg = ffmpeg

    async def tracks(self, playable: Playable) -> tuple[Track, ...]:
        """Those inside the recording first; pictures of text are none."""
        async with self._database.reading() as connection:
            added = await queries.tracks_of(connection, playable.media_id)
        return (*_embedded(playable), *added)

    async def add(self, caller: Caller, media_id: UUID, new: NewTrack) -> Track:
        """Raises NotFound and Forbidden as the library does, Invalid, TooLarge, UnsupportedType and Unprocessable for a file
        that has no captions, Conflict when there are too many."""
        caller.require(Scope.MEDIA_WRITE)
        found = await self._library.get(caller, media_id, needed=Access.EDIT)
        if found.kind not in {Kind.VIDEO, Kind.AUDIO}:
            raise UnsupportedType(f"{found.mime_type} is nothing that plays", code="not_playable")
        new.check()
        if len(new.data) > MOST_BYTES:
            raise TooLarge(
                f"Captions may have {MOST_BYTES} bytes", code="captions_too_large", field="file", limit=MOST_BYTES
            )
        cues = await asyncio.to_thread(read_captions, new.data)
        if not cues:
            raise Unprocessable("The file has no captions that could be shown", code="no_captions", field="file")
        text = webvtt(cues).decode()
        async with self._database.transaction() as connection:
            media = await self._library.lock(connection, caller, media_id, needed=Access.EDIT)
            if await queries.count_tracks(connection, media_id) >= MOST_TRACKS:
                raise Conflict(f"There may be {MOST_TRACKS} tracks", code="too_many_captions", limit=MOST_TRACKS)
            await record(connection, Event("media.updated", media_id, media.user_id, {"changed": ["captions"]}))
            return await queries.insert_track(connection, media_id, new, text)

    async def remove(self, caller: Caller, media_id: UUID, track_id: UUID) -> None:
        """Raises NotFound, also for a track inside the recording; Forbidden."""
        async with self._database.transaction() as connection:
            media = await self._library.lock(connection, caller, media_id, needed=Access.EDIT)
            if not await queries.delete_track(connection, media_id, track_id):
                raise _missing()
            await record(connection, Event("media.updated", media_id, media.user_id, {"changed": ["captions"]}))

    async def webvtt(self, playable: Playable, track_id: str) -> bytes:
        """The file, of a clip what is to be read in it. Raises NotFound, Unprocessable for a track that cannot be read."""
        whole = await self._whole(playable, track_id)
        return await asyncio.to_thread(lambda: webvtt(playable.cues(read_captions(whole)))) if playable.clip else whole

    async def segment(self, playable: Playable, track_id: str, number: int) -> bytes:
        """What is to be read in a segment of HLS. Raises NotFound, Unprocessable for a track that cannot be read."""
        whole = await self._whole(playable, track_id)
        return await asyncio.to_thread(lambda: segment(playable, read_captions(whole), number))

    async def require(self, playable: Playable, track_id: str) -> None:
        """Raises NotFound for a track that is not there."""
        if not any(track.id == track_id for track in await self.tracks(playable)):
            raise _missing()

    async def _whole(self, playable: Playable, track_id: str) -> bytes:
        streams = {_name(text.stream): text.stream for text in playable.presentation.index.texts}
        if track_id in streams and any(track.id == track_id for track in _embedded(playable)):
            path = await self._flights.file(
                playable.folder("captions"), f"{track_id}.vtt", lambda: self._extracted(playable, streams[track_id])
            )
            return await asyncio.to_thread(path.read_bytes)
        async with self._database.reading() as connection:
            found = await queries.webvtt_of(connection, playable.media_id, _uuid(track_id))
        if found is None:
            raise _missing()
        return found.encode()

    async def _extracted(self, playable: Playable, stream: int) -> bytes:
        limits = Limits(seconds=EXTRACTION_SECONDS)
        async with self._originals.as_file(playable) as descriptor:
            try:
                cues = await captions_of(self._ffmpeg(), descriptor, playable.mime_type, stream, limits=limits)
            except TimeoutError as late:
                raise Unprocessable("The captions took too long to find", code="captions_timeout") from late
        return webvtt(cues)


def _embedded(playable: Playable) -> list[Track]:
    texts = (text for text in playable.presentation.index.texts if text.codec in TEXT_CODECS)
    return [
        Track(
            id=_name(text.stream),
            language=text.language,
            label=text.title or text.language or f"Captions {number}",
            origin=Origin.EMBEDDED,
        )
        for number, text in enumerate(texts, 1)
    ]


def left_out(playable: Playable) -> list[LeftOut]:
    """The tracks inside that are none of Captions.tracks."""
    return [
        LeftOut(
            codec=text.codec,
            language=text.language,
            label=text.title,
            reason=PICTURES if text.codec in PICTURE_CODECS else "a format that is not read",
        )
        for text in playable.presentation.index.texts
        if text.codec not in TEXT_CODECS
    ]


def _name(stream: int) -> str:
    return f"track{stream}"


def _uuid(track_id: str) -> UUID:
    try:
        return UUID(track_id)
    except ValueError as error:
        raise _missing() from error


def _missing() -> NotFound:
    return NotFound("The recording has no such captions", code="captions_not_found")
