"""A stretch of a recording, exact to the frame, and the pieces of segments that it needs.

Segments that lie wholly inside are those of the recording; only at its two ends pieces are encoded for it alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from mediaworks.errors import Invalid
from mediaworks.processing import AUDIO_PACKET, AnyRendition, Presentation, VideoRendition

_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Clip:
    """From the frame at `start` to before the one at `end`, in seconds; `query` says so in addresses."""

    start: Fraction
    end: Fraction
    query: str

    @property
    def seconds(self) -> Fraction:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Piece:
    """What a clip shows of segment `number`: from `begin` to before `end`, in frames or packets of the whole."""

    number: int
    begin: int
    end: int
    is_whole: bool

    def of(self, rendition: AnyRendition) -> AnyRendition:
        """The rendition that has just this piece, as its only segment."""
        if isinstance(rendition, VideoRendition):
            return replace(rendition, grid=replace(rendition.grid, origin=self.begin, total=self.end))
        samples = min(rendition.grid.samples, self.end * AUDIO_PACKET)
        return replace(rendition, grid=replace(rendition.grid, origin=self.begin, samples=samples))

    def seconds(self, rendition: AnyRendition) -> Fraction:
        return self.of(rendition).grid.seconds(0)


def clip_of(presentation: Presentation, start: str | None, end: str | None) -> Clip | None:
    """What `start` and `end` ask for, in seconds; None when neither is there. Raises Invalid."""
    if start is None and end is None:
        return None
    lasts = presentation.lasts
    first, last = _moment("start", start, Fraction(0)), min(_moment("end", end, lasts), lasts)
    if first >= lasts:
        raise Invalid(f"start: the recording lasts {float(lasts):.3f} s", field="start", limit=round(float(lasts), 3))
    if last <= first:
        raise Invalid("end: must lie behind `start`", field="end")
    given = {"start": start, "end": end}
    query = "?" + "&".join(f"{name}={value}" for name, value in given.items() if value is not None)
    return Clip(*_on_frames(presentation, first, last), query)


def pieces(rendition: AnyRendition, clip: Clip) -> Iterator[Piece]:
    """Of each segment that the clip shows, what it shows; sound may begin and end within a packet before and behind."""
    length, total = _grid(rendition)
    begin, end = _units(rendition, clip)
    for number in range(begin // length, -(-end // length)):
        first, last = number * length, min((number + 1) * length, total)
        shown = max(begin, first), min(end, last)
        yield Piece(number, *shown, is_whole=shown == (first, last))


def _grid(rendition: AnyRendition) -> tuple[int, int]:
    """How long a segment is, and the whole: in frames or packets."""
    if isinstance(rendition, VideoRendition):
        return rendition.grid.frames, rendition.grid.total
    return rendition.grid.packets, rendition.grid.total


def _units(rendition: AnyRendition, clip: Clip) -> tuple[int, int]:
    """Where the clip begins and ends, in frames or packets."""
    if isinstance(rendition, VideoRendition):
        rate = rendition.grid.rate
        return int(clip.start * rate), int(clip.end * rate)
    packets = Fraction(rendition.grid.sample_rate, AUDIO_PACKET)
    end = max(1, min(-int(-clip.end * packets // 1), rendition.grid.total))
    return min(int(clip.start * packets), end - 1), end


def _on_frames(presentation: Presentation, start: Fraction, end: Fraction) -> tuple[Fraction, Fraction]:
    """The nearest frames, at least one; a recording without pictures is cut where it was asked to be."""
    if not presentation.videos:
        return start, end
    grid = presentation.videos[0].grid
    begin = min(round(start * grid.rate), grid.total - 1)
    return begin / grid.rate, max(begin + 1, min(round(end * grid.rate), grid.total)) / grid.rate


def _moment(field: str, given: str | None, otherwise: Fraction) -> Fraction:
    if given is None:
        return otherwise
    if not _SECONDS.fullmatch(given):
        raise Invalid(f"{field}: seconds, such as 12 or 12.5", field=field)
    return Fraction(given)
