from __future__ import annotations

from dataclasses import dataclass

from mediaworks.media.model import Media, Role, Variant

MIXED, SINGLE = "waveform", "waveform_channels"
"""The names of the variants: of all channels together, and of each where there are several."""
LOUDNESS = "loudness"
"""Under this name the loudness is kept among the facts."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A kind of work on a recording: the name of its task, and what it is for."""

    task: str
    purpose: str


DRAWING = Listening("media.waveform", "waveform")
MEASURING = Listening("media.loudness", "loudness")


def variant_of(media: Media, *, split: bool) -> Variant | None:
    """Where the peaks are, when they are known. A sound of one channel has them once."""
    there = {variant.name: variant for variant in media.variants if variant.role is Role.WAVEFORM}
    return there.get(SINGLE, there.get(MIXED)) if split else there.get(MIXED)
