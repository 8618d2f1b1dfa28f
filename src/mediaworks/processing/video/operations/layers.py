"""Pictures and letters laid over every frame: made once by the engine for pictures, as a layer of the clip's size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import msgspec

from mediaworks.processing.image.operations import Operation as PictureOperation
from mediaworks.processing.image.operations.base import Colour, Fraction
from mediaworks.processing.image.operations.gravity import Gravity
from mediaworks.processing.image.operations.layers import text, watermark
from mediaworks.processing.image.operations.layers.assets import Media
from mediaworks.processing.image.operations.layers.placing import Shift
from mediaworks.processing.image.operations.layers.text import Thickness
from mediaworks.processing.types import Kind
from mediaworks.processing.video.clip import Clip, Overlay
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation, Seconds, Side


class Layer(Operation, frozen=True, kw_only=True):
    """Shown from `start` to `end`, all the time without them."""

    gravity: Side = "south_east"
    offset_x: Shift = 0
    offset_y: Shift = 0
    opacity: Fraction = 1.0
    start: Seconds | None = None
    end: Seconds | None = None

    def on_picture(self) -> PictureOperation:
        """What puts it on a transparent picture."""
        raise NotImplementedError

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        layer = Overlay(clip.size, (self.on_picture(),))
        if self.start is None and self.end is None:
            return clip.seen("overlay=format=auto", beside=layer)
        end = clip.seconds if self.end is None else self.end
        window = f"enable='gte(t,{self.start or 0})*lt(t,{end})'"
        return clip.seen(f"overlay=format=auto:{window}", beside=layer, follows_source=False)


class Watermark(Layer, frozen=True, kw_only=True, tag="watermark"):
    """Lay a picture over the video, from `start` to `end` or all the time: at `gravity`, moved inwards by `offset_x` and
    `offset_y` pixels; `ratio` of the video's width (its own size when left out, never larger than the video); `tile` repeats
    it over all."""

    media_kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.IMAGE})

    media: Media
    ratio: Annotated[float, msgspec.Meta(gt=0, le=1, description="share of the video's width")] | None = None
    tile: bool = False

    def on_picture(self) -> PictureOperation:
        return watermark.Watermark(
            media=self.media,
            gravity=Gravity(self.gravity),
            offset_x=self.offset_x,
            offset_y=self.offset_y,
            ratio=self.ratio,
            opacity=self.opacity,
            tile=self.tile,
        )


class Text(Layer, frozen=True, kw_only=True, tag="text"):
    """Write on the video, from `start` to `end` or all the time, at `gravity`, moved inwards by `offset_x` and `offset_y`
    pixels; fonts, outline and shadow as on pictures."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    font: Annotated[str, msgspec.Meta(pattern=r"^[\w ,-]{1,100}$")] = "sans"
    size: Annotated[int, msgspec.Meta(ge=4, le=2000, description="pixels")] = 32
    colour: Colour = "white"
    align: Literal["left", "center", "right"] = "center"
    stroke: Thickness = 0
    stroke_colour: Colour = "black"
    shadow: Thickness = 0
    shadow_colour: Colour = "black"

    def on_picture(self) -> PictureOperation:
        return text.Text(
            text=self.text,
            font=self.font,
            size=self.size,
            colour=self.colour,
            opacity=self.opacity,
            gravity=Gravity(self.gravity),
            align=self.align,
            offset_x=self.offset_x,
            offset_y=self.offset_y,
            stroke=self.stroke,
            stroke_colour=self.stroke_colour,
            shadow=self.shadow,
            shadow_colour=self.shadow_colour,
        )
