from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.types import Kind
from mediaworks.processing.video.clip import Clip, Other
from mediaworks.processing.video.model import Index, VideoTrack
from mediaworks.processing.video.operations.base import MediaId, Operation
from mediaworks.processing.video.painting import padded
from mediaworks.processing.video.segments import to_sdr
from mediaworks.processing.video.space import STANDARD

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
    number, rate = len(clip.inputs) + 1, f"fps={clip.rate.numerator}/{clip.rate.denominator}"
    fitted = f"[{number}:{other.video.stream}]{_fitted(clip, other.video)},setsar=1,{rate}:start_time=0[f{number}]"
    after = f"{number}:{other.audio[0].stream}" if other.audio else None
    whole = clip.seen(
        f"{rate},{clip.space.written},setsar=1", seconds=clip.seconds + other.duration, follows_source=False
    )
    if clip.sound is None and after is None:
        return whole.woven(f"{fitted};[{{seen}}][f{number}]concat[{{made}}]", beside=Other(name))
    sounds = f"{_sound(clip.sound, clip.seconds)}[a{number}];{_sound(after, other.duration)}[b{number}]"
    joined = f"[{{seen}}][a{number}][f{number}][b{number}]concat=a=1[{{made}}][d{number}]"
    return whole.woven(f"{fitted};{sounds};{joined}", beside=Other(name), sound=f"d{number}")


def _fitted(clip: Clip, track: VideoTrack) -> str:
    """Whole in the middle of the clip's size, in its space."""
    share = min(wanted / given for wanted, given in zip(clip.size, (track.width, track.height), strict=True))
    width, height = max(1, round(track.width * share)), max(1, round(track.height * share))
    place = (clip.size[0] - width) // 2, (clip.size[1] - height) // 2
    tones = f"{to_sdr(track)}format=yuv420p," if clip.space is STANDARD and track.hdr != "sdr" else ""
    return f"{tones}scale={width}:{height},{padded(clip.size, place, clip.space)}"


def _sound(pad: str | None, seconds: float) -> str:
    """The sound as long as its pictures: silence where there is none."""
    if pad is None:
        return f"anullsrc=channel_layout=stereo:sample_rate=48000,atrim=end={seconds:.6f}"
    return f"[{pad}]{SOUND},apad,atrim=end={seconds:.6f}"
