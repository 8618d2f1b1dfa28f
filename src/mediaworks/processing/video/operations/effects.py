"""Effects on every frame, in red, green and blue as on pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec

from mediaworks.processing.image.operations import Operation as PictureOperation
from mediaworks.processing.image.operations.base import Size
from mediaworks.processing.image.operations.colour import levels
from mediaworks.processing.image.operations.effects.areas import Area, inside
from mediaworks.processing.image.operations.effects.blur import Blur, Sigma
from mediaworks.processing.image.operations.effects.gradient import Gradient
from mediaworks.processing.image.operations.effects.median import Median
from mediaworks.processing.image.operations.effects.parts import Veil
from mediaworks.processing.image.operations.effects.pixelate import Side
from mediaworks.processing.image.operations.effects.sharpen import Sharpen
from mediaworks.processing.image.operations.effects.vignette import Vignette
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation
from mediaworks.processing.video.painting import coloured, overlaid

Areas = Annotated[tuple[Area, ...], msgspec.Meta(min_length=1, max_length=100)]


class Levels(Operation, frozen=True, kw_only=True, tag="levels"):
    """Stretch what lies between `black` and `white` (0 to 255) over the whole range, bent by `gamma`."""

    black: levels.Level = 0
    white: levels.Level = 255
    gamma: levels.Bend = 1.0

    def __post_init__(self) -> None:
        self._on_pictures()

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        return coloured(clip, self._on_pictures())

    def _on_pictures(self) -> PictureOperation:
        return levels.Levels(black=self.black, white=self.white, gamma=self.gamma)


class BlurAreas(Operation, frozen=True, kw_only=True, tag="blur_areas"):
    """Blur parts of the video, in pixels of it."""

    areas: Areas
    sigma: Sigma = 20.0

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        return _within(clip, self.areas, lambda size: _soft(self.sigma))


class Pixelate(Operation, frozen=True, kw_only=True, tag="pixelate"):
    """Make squares of `size` pixels out of the video, or of `areas` of it."""

    size: Side = 16
    areas: Annotated[tuple[Area, ...], msgspec.Meta(max_length=100)] = ()

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        whole = (Area(x=0, y=0, width=clip.size[0], height=clip.size[1]),)
        return _within(clip, self.areas or whole, self._squared)

    def _squared(self, size: Size) -> str:
        side = min(self.size, max(size))
        return f"pixelize=w={side}:h={side}"


def _within(clip: Clip, areas: tuple[Area, ...], filters: Callable[[Size], str]) -> Clip:
    """With filters, which know the size of what they get, on these areas. Raises InvalidRecipe for one beyond the edges."""
    for left, top, width, height in inside(areas, *clip.size):
        part = f"crop={width}:{height}:{left}:{top}:exact=1,{filters((width, height))}"
        clip = clip.woven(
            f"[{{seen}}]format=gbrp,split[u{{own}}][v{{own}}];[v{{own}}]{part}[w{{own}}];"
            f"[u{{own}}][w{{own}}]overlay={left}:{top}:format=gbrp[{{made}}]"
        )
    return clip.seen(clip.space.written)


def _soft(sigma: float) -> str:
    return f"gblur=sigma={sigma}:steps=6"


def _blurred(clip: Clip, step: Blur) -> Clip:
    return clip.seen(f"format={clip.space.planes},{_soft(step.sigma)},{clip.space.written}")


def _sharpened(clip: Clip, step: Sharpen) -> Clip:
    """By what a blur takes away, as on pictures."""
    is_edge = f"gte(abs(x-y)*255,{step.threshold}*(pow(2,bdx)-1))"
    sharper = f"clip(0.5+x+{step.amount}*(x-y)*{is_edge},0,pow(2,bdx)-1)"
    colours = ":".join(f"c{plane}='{sharper}'" for plane in range(3))
    return clip.woven(
        f"[{{seen}}]format={clip.space.planes},split[u{{own}}][v{{own}}];[v{{own}}]{_soft(step.sigma)}[w{{own}}];"
        f"[u{{own}}][w{{own}}]lut2={colours},{clip.space.written}[{{made}}]"
    )


def _cleaned(clip: Clip, step: Median) -> Clip:
    return clip.seen(f"format={clip.space.planes},median=radius={step.size // 2},{clip.space.written}")


def _veiled(clip: Clip, step: Gradient | Vignette) -> Clip:
    return overlaid(clip, Veil(step=step))


EFFECTS: Mapping[type[PictureOperation], Callable[[Clip, Any], Clip]] = {
    Blur: _blurred,
    Sharpen: _sharpened,
    Median: _cleaned,
    Vignette: _veiled,
    Gradient: _veiled,
}
"""How operations on pictures work that look at more than the colour of a pixel."""
