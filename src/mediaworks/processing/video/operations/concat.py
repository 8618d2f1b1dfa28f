from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.types import Kind
from mediaworks.processing.video.clip import Clip, Other
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import MediaId, Operation

SOUND = "aformat=sample_rates=48000:channel_layouts=stereo"


class Concat(Operation, frozen=True, kw_only=True, tag="concat"):
    """Have other videos follow, one after another: each whole within the size of this one, at its frame rate."""

    media_kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.VIDEO})

    media: Annotated[tuple[MediaId, ...], msgspec.Meta(min_length=1, max_length=10)]

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        for name in self.media:
            clip = _followed(clip, name, others[name])
        return clip


def _followed(clip: Clip, name: str, other: Index) -> Clip:
    if other.video is None:
        raise InvalidRecipe(f"media: {name} has no moving pictures", field="media")
    number, (width, height) = len(clip.inputs) + 1, clip.size
    alike = f"fps={clip.rate.numerator}/{clip.rate.denominator},format=yuv420p,setsar=1"
    fitted = f"scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1,{alike}"
    first = clip.seen(alike)
    sounds = [_sound(first.sound, clip.seconds), _sound(_sound_of(number, other), other.duration)]
    joined = (
        f"[{number}:{other.video.stream}]{fitted}[f{number}]",
        *(f"{sound}[{name}]" for sound, name in zip(sounds, (f"a{number}", f"b{number}"), strict=True)),
        f"[{first.picture}][a{number}][f{number}][b{number}]concat=n=2:v=1:a=1[c{number}][d{number}]",
    )
    return replace(
        first,
        inputs=(*first.inputs, Other(name)),
        statements=(*first.statements, *joined),
        picture=f"c{number}",
        sound=f"d{number}",
        seconds=clip.seconds + other.duration,
        follows_source=False,
    )


def _sound_of(number: int, other: Index) -> str | None:
    return f"{number}:{other.audio[0].stream}" if other.audio else None


def _sound(pad: str | None, seconds: float) -> str:
    """The sound as long as its pictures: silence where there is none."""
    if pad is None:
        return f"anullsrc=channel_layout=stereo:sample_rate=48000,atrim=end={seconds:.6f}"
    return f"[{pad}]{SOUND},apad,atrim=end={seconds:.6f}"
