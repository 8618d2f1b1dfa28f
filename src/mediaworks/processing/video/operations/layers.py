"""Pictures and letters laid over every frame: made once by the engine for pictures, as a layer of the clip's size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import msgspec

from mediaworks.processing.image.operations import Operation as PictureOperation
from mediaworks.processing.image.operations.base import Colour, Fraction
from mediaworks.processing.image.operations.gravity import Gravity
from mediaworks.processing.image.operations.layers import watermark
from mediaworks.processing.image.operations.layers.assets import Media
from mediaworks.processing.image.operations.layers.placing import Shift
from mediaworks.processing.image.operations.layers.text import Alignment, Font, Height, Thickness, Words
from mediaworks.processing.image.operations.layers.text import Side as Length
from mediaworks.processing.image.operations.layers.text import Text as PictureText
from mediaworks.processing.types import Kind
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation, Seconds, Side
from mediaworks.processing.video.painting import overlaid


class Layer(Operation, frozen=True, kw_only=True):
    """Shown from `start` to `end`, all the time without them. `on_pictures`: the operation that has all its other parameters."""

    on_pictures: ClassVar[type[PictureOperation]]

    gravity: Side = "south_east"
    offset_x: Shift = 0
    offset_y: Shift = 0
    opacity: Fraction = 1.0
    start: Seconds | None = None
    end: Seconds | None = None

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        layer = self._on_picture()
        if self.start is None and self.end is None:
            return overlaid(clip, layer)
        end = clip.seconds if self.end is None else self.end
        return replace(overlaid(clip, layer, window=f"gte(t,{self.start or 0})*lt(t,{end})"), follows_source=False)

    def _on_picture(self) -> PictureOperation:
        """What puts it on a transparent picture."""
        given = msgspec.structs.asdict(self)
        shared = {name: given[name] for name in self.on_pictures.__struct_fields__ if name in given}
        return self.on_pictures(**{**shared, "gravity": Gravity(self.gravity)})


class Watermark(Layer, frozen=True, kw_only=True, tag="watermark"):
    """Lay a picture over the video, from `start` to `end` or all the time: at `gravity`, moved inwards by `offset_x` and
    `offset_y` pixels; `ratio` of the video's width (its own size when left out, never larger than the video); `tile` repeats
    it over all, `gap` pixels apart."""

    media_kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.IMAGE})
    on_pictures = watermark.Watermark

    media: Media
    ratio: watermark.Ratio | None = None
    tile: bool = False
    gap: watermark.Gap = 0


class Text(Layer, frozen=True, kw_only=True, tag="text"):
    """Write on the video, from `start` to `end` or all the time, at `gravity`, moved inwards by `offset_x` and `offset_y`
    pixels; fonts, lines, outline and shadow as on pictures."""

    on_pictures = PictureText

    text: Words
    font: Font = "sans"
    size: Height = 32
    colour: Colour = "white"
    align: Alignment = "center"
    gravity: Side = "south"
    offset_y: Shift = 16
    width: Length | None = None
    stroke: Thickness = 0
    stroke_colour: Colour = "black"
    shadow: Thickness = 0
    shadow_colour: Colour = "black"
