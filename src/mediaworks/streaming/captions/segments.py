"""Captions of HLS in segments on a grid of their own (RFC 8216 section 3.5).

Cues keep the times of the recording, also in a clip: those are the times of the segments of its pictures. One that lasts
over a boundary is in both segments, the same in each, so that players know it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from mediaworks.errors import NotFound
from mediaworks.processing import Cue, webvtt
from mediaworks.streaming.model import Playable

SECONDS = 60
TIMESTAMP_MAP = "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000"


@dataclass(frozen=True, slots=True)
class Stretch:
    """What segment `number` has of a recording, in seconds; `is_whole`: whether a clip leaves nothing out of it."""

    number: int
    begin: Fraction
    end: Fraction
    is_whole: bool

    @property
    def seconds(self) -> float:
        return float(self.end - self.begin)

    def shows(self, cue: Cue) -> bool:
        return cue.start < self.end * 1000 and cue.end > self.begin * 1000


def stretches(playable: Playable) -> Iterator[Stretch]:
    """All segments, of a clip those that it needs."""
    lasts = playable.presentation.lasts
    begin, end = (playable.clip.start, playable.clip.end) if playable.clip else (Fraction(0), lasts)
    for number in range(int(begin // SECONDS), max(1, -int(-end // SECONDS))):
        whole = Fraction(number * SECONDS), min(Fraction((number + 1) * SECONDS), lasts)
        shown = max(whole[0], begin), min(whole[1], end)
        yield Stretch(number, *shown, is_whole=shown == whole)


def segment(playable: Playable, cues: Iterable[Cue], number: int) -> bytes:
    """A segment as WebVTT, valid also when nothing is to be read in it. Raises NotFound."""
    stretch = next((one for one in stretches(playable) if one.number == number), None)
    if stretch is None:
        raise NotFound("The captions have no such segment", code="segment_not_found")
    return webvtt(filter(stretch.shows, cues), TIMESTAMP_MAP)
