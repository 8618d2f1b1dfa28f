"""Storyboards, a sheet at a time: each is made when a player first asks for it, and kept in the cache of segments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mediaworks.errors import NotFound, Unprocessable
from mediaworks.processing import Limits, Storyboard, VideoTrack, sheet_of
from mediaworks.streaming.flights import Flights
from mediaworks.streaming.model import Playable
from mediaworks.streaming.originals import Files
from mediaworks.streaming.storyboards.lists import board_of

SHEET_SECONDS = 60.0


class Storyboards:
    def __init__(self, originals: Files, flights: Flights, ffmpeg: Callable[[], Path]) -> None:
        self._originals = originals
        self._flights = flights
        self._ffmpeg = ffmpeg

    async def sheet(self, playable: Playable, number: int) -> Path:
        """The file of a sheet, a JPEG. Raises NotFound, Unprocessable for pictures that cannot be read."""
        track, board = playable.presentation.index.video, storyboard_of(playable)
        if board is None or track is None or not 0 <= number < board.sheets:
            raise missing()
        folder = playable.folder(f"storyboard{_inside(playable)}")
        return await self._flights.file(folder, f"{number}.jpg", lambda: self._made(playable, track, board, number))

    async def _made(self, playable: Playable, track: VideoTrack, board: Storyboard, number: int) -> bytes:
        limits = Limits(seconds=SHEET_SECONDS)
        async with self._originals.as_file(playable) as descriptor:
            try:
                return await sheet_of(
                    self._ffmpeg(), descriptor, playable.mime_type, track, board, number, limits=limits
                )
            except TimeoutError as late:
                raise Unprocessable("The sheet took too long to make", code="storyboard_timeout") from late


def storyboard_of(playable: Playable) -> Storyboard | None:
    """How its pictures are laid out; None of what shows none."""
    return board_of(playable.presentation, playable.clip)


def missing() -> NotFound:
    return NotFound("The recording has no such storyboard", code="storyboard_not_found")


def _inside(playable: Playable) -> str:
    return f"/{float(playable.clip.start):.3f}-{float(playable.clip.end):.3f}" if playable.clip else ""
