"""Storyboards: sheets of small pictures of a recording, each sheet made of the keyframes of its stretch alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mediaworks.errors import Unprocessable
from mediaworks.processing.sandbox.program import Limits
from mediaworks.processing.video.ffmpeg import source_of
from mediaworks.processing.video.model import VideoTrack
from mediaworks.processing.video.output import output_of
from mediaworks.processing.video.segments import to_sdr

GRID = COLUMNS, ROWS = 5, 5
ON_A_SHEET = COLUMNS * ROWS
LONGER_SIDE = 160
MOST = 400
MOST_BYTES = 8 << 20
FROM_ZERO = "setpts='max(PTS,0)'"  # the keyframe before a sheet is seen until the next one
AS_JPEG = "scale=out_color_matrix=bt601:out_range=full,format=yuvj420p"  # what JFIF calls for


@dataclass(frozen=True, slots=True)
class Storyboard:
    """`count` pictures of `width` × `height` pixels, one for each `interval` of whole seconds from the second
    `begin` on."""

    count: int
    interval: int
    width: int
    height: int
    begin: float = 0.0

    @classmethod
    def of(cls, track: VideoTrack, seconds: float, begin: float = 0.0) -> Storyboard:
        """Of so many seconds: a picture each, of long recordings at most MOST in all."""
        whole = max(1, -int(-seconds // 1))
        interval = -(-whole // MOST)
        scale = LONGER_SIDE / max(track.width, track.height)
        width, height = (max(2, round(side * scale / 2) * 2) for side in (track.width, track.height))
        return cls(-(-whole // interval), interval, width, height, begin)

    @property
    def sheets(self) -> int:
        return -(-self.count // ON_A_SHEET)

    def place(self, number: int) -> tuple[int, int, int]:
        """The sheet of a picture, and where it begins on it: pixels from the left and from above."""
        sheet, at = divmod(number, ON_A_SHEET)
        return sheet, at % COLUMNS * self.width, at // COLUMNS * self.height


async def sheet_of(
    ffmpeg: Path, descriptor: int, mime: str, track: VideoTrack, board: Storyboard, sheet: int, *, limits: Limits
) -> bytes:
    """A sheet as JPEG; the cells behind the end repeat the last picture. Raises Unprocessable, NotInstalled, TimeoutError."""
    begin = board.begin + sheet * ON_A_SHEET * board.interval
    picture = (
        f"{FROM_ZERO},tpad=stop_duration={2 * board.interval}:stop_mode=clone,fps=1/{board.interval}:start_time=0:round=near:eof_action=pass,scale={board.width}:{board.height},setsar=1,{to_sdr(track)}"
        f"tpad=stop_mode=clone:stop={ON_A_SHEET - 1},tile={COLUMNS}x{ROWS},{AS_JPEG}"
    )
    arguments = [
        "-nostdin", "-v", "error", "-skip_frame", "nokey", "-noaccurate_seek", "-ss", f"{begin:.6f}",
        *source_of(descriptor, mime), "-map", f"0:{track.stream}", "-an", "-sn", "-dn", "-vf", picture,
        "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "5", "-f", "image2pipe", "pipe:1",
    ]  # fmt: skip
    refusal = Unprocessable("The sheet is too large", code="output_too_large", limit=MOST_BYTES)
    found = await output_of(ffmpeg, arguments, descriptor, limits=limits, most=MOST_BYTES, refusal=refusal)
    if not found:
        raise Unprocessable("The recording has no pictures here", code="program_failed")
    return found
