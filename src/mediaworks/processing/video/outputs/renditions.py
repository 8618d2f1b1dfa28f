from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.video.clip import Clip, Size
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
        sizes = [_fitted(clip.size, rendition.height) for rendition in self.renditions]
        clip = _split(clip, sizes)
        targets = []
        for number, rendition in enumerate(self.renditions):
            own = replace(clip, picture=f"r{number}", size=sizes[number])
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


def _split(clip: Clip, sizes: Sequence[Size]) -> Clip:
    """The clip with an end of each size, each made from the next larger one, and as many of the sound."""
    clip = clip.seen("null")
    statements, current, source = list(clip.statements), clip.size, clip.picture
    for size in sorted(set(sizes), reverse=True):
        ends = [f"[r{number}]" for number, one in enumerate(sizes) if one == size]
        smaller = [f"[from{size[0]}]"] if size != min(sizes) else []
        scale = f"scale={size[0]}:{size[1]}:flags=lanczos,setsar=1," if size != current else ""
        statements.append(f"[{source}]{scale}split={len(ends + smaller)}{''.join(ends + smaller)}")
        current, source = size, f"from{size[0]}"
    if clip.sound and not clip.sound.startswith("0:"):
        sounds = "".join(f"[h{number}]" for number in range(len(sizes)))
        statements.append(f"[{clip.sound}]asplit={len(sizes)}{sounds}")
    return replace(clip, statements=tuple(statements))


def _fitted(size: Size, height: int | None) -> Size:
    return size if height is None or height >= min(size) else size_of(size, height)


def size_of(size: Size, height: int) -> Size:
    """Pixels of the same shape whose shorter side is `height`, both even; what is no larger loses only an odd row."""
    shorter = min(size)
    if height >= shorter:
        return size[0] // 2 * 2, size[1] // 2 * 2
    width, height = (max(2, round(side * height / shorter / 2) * 2) for side in size)
    return width, height
