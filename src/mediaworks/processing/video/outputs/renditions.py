from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.outputs.base import Output, Run
from mediaworks.processing.video.outputs.containers import Mov, Mp4, Webm

Height = Annotated[int, msgspec.Meta(ge=16, le=8192, description="pixels of the shorter side")]


class Rendition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`height`: of the shorter side, never more than the video has."""

    height: Height | None = None
    output: Mp4 | Mov | Webm = Mp4()


class Renditions(Output, frozen=True, kw_only=True, tag="renditions"):
    """Several files from one decode, each an object of its own: for each the pixels of the shorter side (`height`, never more
    than the video has) and its `output`: mp4, mov or webm, without `max_bytes`."""

    renditions: Annotated[tuple[Rendition, ...], msgspec.Meta(min_length=1, max_length=8)]

    def __post_init__(self) -> None:
        if any(one.output.max_bytes is not None or one.output.range == "source" for one in self.renditions):
            raise ValueError("renditions: go without max_bytes and range")

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        count = len(self.renditions)
        clip = _split(clip, count)
        targets = []
        for number, rendition in enumerate(self.renditions):
            own = _scaled(replace(clip, picture=f"r{number}"), rendition.height)
            if clip.sound and not clip.sound.startswith("0:"):
                own = replace(own, sound=f"h{number}")
            try:
                after, target = rendition.output.target(own, squeeze)
            except InvalidRecipe as refusal:
                field = f"output.renditions[{number}].{refusal.facts['field']}"
                raise InvalidRecipe(refusal.detail, **{**refusal.facts, "field": field}) from refusal
            clip = replace(clip, statements=after.statements)
            targets.append(target)
        return (Run(clip, tuple(targets)),)


def _split(clip: Clip, count: int) -> Clip:
    """The clip with its end as often as there are files."""
    clip = clip.seen("null")
    pictures = "".join(f"[r{number}]" for number in range(count))
    statements = (*clip.statements, f"[{clip.picture}]split={count}{pictures}")
    if clip.sound and not clip.sound.startswith("0:"):
        sounds = "".join(f"[h{number}]" for number in range(count))
        statements = (*statements, f"[{clip.sound}]asplit={count}{sounds}")
    return replace(clip, statements=statements)


def _scaled(clip: Clip, height: int | None) -> Clip:
    shorter = min(clip.size)
    if height is None or height >= shorter:
        return clip
    size = tuple(max(2, round(side * height / shorter / 2) * 2) for side in clip.size)
    return clip.seen(f"scale={size[0]}:{size[1]}:flags=lanczos,setsar=1", size=(size[0], size[1]))
