"""Storyboards, a sheet at a time: each is made when a player first asks for it, and kept in the cache of segments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mediaworks.errors import NotFound, Unprocessable
from mediaworks.processing import Limits, Storyboard, VideoTrack, sheet_of
from mediaworks.storage import BlobStore
from mediaworks.streaming.flights import Flights
from mediaworks.streaming.model import Playable

SHEET_SECONDS = 60.0


class Storyboards:
    def __init__(self, store: BlobStore, flights: Flights, ffmpeg: Callable[[], Path]) -> None:
        self._store = store
        self._flights = flights
        self._ffmpeg = ffmpeg

    async def sheet(self, playable: Playable, number: int) -> Path:
        """The file of a sheet, a JPEG. Raises NotFound, Unprocessable for pictures that cannot be read."""
        track, board = _pictures(playable), storyboard_of(playable)
        if board is None or track is None or not 0 <= number < board.sheets:
            raise missing()
        return await self._flights.file(
            playable.folder("storyboard"), f"{number}.jpg", lambda: self._made(playable, track, board, number)
        )

    async def _made(self, playable: Playable, track: VideoTrack, board: Storyboard, number: int) -> bytes:
        limits = Limits(seconds=SHEET_SECONDS)
        async with self._store.as_file(playable.storage_key) as descriptor:
            try:
                return await sheet_of(
                    self._ffmpeg(), descriptor, playable.mime_type, track, board, number, limits=limits
                )
            except TimeoutError as late:
                raise Unprocessable("The sheet took too long to make", code="storyboard_timeout") from late


def storyboard_of(playable: Playable) -> Storyboard | None:
    """How the pictures are laid out; None of what shows none."""
    track = _pictures(playable)
    return None if track is None else Storyboard.of(track, playable.presentation.seconds)


def missing() -> NotFound:
    return NotFound("The recording has no such storyboard", code="storyboard_not_found")


def _pictures(playable: Playable) -> VideoTrack | None:
    return playable.presentation.index.video
