"""The rungs that a video is offered in: never larger than it is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mediaworks.processing.video.model import VideoTrack

LEVELS = (  # ITU-T H.264 table A-1: level × 10, macroblocks of a frame, macroblocks a second
    (13, 396, 11_880), (21, 792, 19_800), (30, 1_620, 40_500), (31, 3_600, 108_000), (32, 5_120, 216_000),
    (40, 8_192, 245_760), (42, 8_704, 522_240), (50, 22_080, 589_824), (51, 36_864, 983_040), (52, 36_864, 2_073_600),
)  # fmt: skip
HIGH = "6400"
GENEROSITY = {"h264": 1.5, "hevc": 2.5, "vp9": 2.5, "av1": 3.0}
"""How many bits a quick encode to H.264 may take for each of a codec."""
LEAST_BITS = 60_000


@dataclass(frozen=True, slots=True)
class Rung:
    """Pixels of a frame, both even; `bits`: a second at most; `level` of H.264, times ten, and `profile`: in hexadecimal,
    with its constraints."""

    name: str
    width: int
    height: int
    bits: int
    level: int
    profile: str = HIGH

    @property
    def codec(self) -> str:
        """As players want it named (RFC 6381 section 3.3)."""
        return f"avc1.{self.profile}{self.level:02x}"


def ladder_of(track: VideoTrack, heights: Sequence[int]) -> tuple[Rung, ...]:
    """A rung for each of `heights` (of the shorter side) that the video reaches, the largest first; its own when it reaches none."""
    shorter = min(track.width, track.height)
    wanted = sorted((height for height in heights if height <= shorter), reverse=True) or [max(2, shorter)]
    return tuple(_rung(track, height) for height in wanted)


def _rung(track: VideoTrack, shorter: int) -> Rung:
    scale = Fraction(shorter, min(track.width, track.height))
    width, height = _even(track.width * scale), _even(track.height * scale)
    bits = min(_bits(width * height, track.frame_rate), _of_source(track, width * height))
    return Rung(f"{shorter}p", width, height, bits, _level(width, height, track.frame_rate))


def _even(length: Fraction) -> int:
    return max(2, round(length / 2) * 2)


def _bits(pixels: int, rate: Fraction) -> int:
    """A cap that ordinary content stays below at CRF 23: it grows with the power 0.75 of the pixels of a second."""
    a_second = float(pixels * rate)
    return int(2_500_000 * (a_second / (1280 * 720 * 24)) ** 0.75) // 1000 * 1000


def _of_source(track: VideoTrack, pixels: int) -> int:
    """What as much of the source takes, and some, since it was encoded with more care: no rung needs more."""
    if not track.bit_rate or track.codec not in GENEROSITY:
        return sys.maxsize
    share = pixels / (track.width * track.height)
    return max(LEAST_BITS, int(GENEROSITY[track.codec] * track.bit_rate * share**0.75) // 1000 * 1000)


def _level(width: int, height: int, rate: Fraction) -> int:
    blocks = -(-width // 16) * -(-height // 16)
    for level, of_frame, of_second in LEVELS:
        if blocks <= of_frame and blocks * rate <= of_second:
            return level
    return LEVELS[-1][0]
