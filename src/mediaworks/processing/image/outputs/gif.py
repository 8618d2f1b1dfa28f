from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

import msgspec

from mediaworks.processing.image.outputs.base import Output


class Gif(Output, frozen=True, kw_only=True, tag="gif"):
    """At most so many `colours`, of which GIF has 2, 4, 8 … 256; mixed by `dither` (0 to 1). `reuse`: the palette of a
    source that is a GIF. `effort`: 1 to 10, for finding the palette. Transparency is all or nothing."""

    mime: ClassVar[str] = "image/gif"
    extension: ClassVar[str] = "gif"
    saver: ClassVar[str] = "gifsave_buffer"
    moves: ClassVar[bool] = True

    colours: Annotated[int, msgspec.Meta(ge=2, le=256)] = 256
    dither: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    interlace: bool = False
    reuse: bool = False
    effort: Annotated[int, msgspec.Meta(ge=1, le=10)] = 4

    @property
    def lossy(self) -> bool:
        return False

    def options(self, quality: int) -> dict[str, Any]:
        return {
            "bitdepth": self.colours.bit_length() - 1,
            "dither": self.dither,
            "interlace": self.interlace,
            "reuse": self.reuse,
            "effort": self.effort,
        }

    def smallest(self) -> Self:
        return msgspec.structs.replace(self, effort=10)

    def coarse_first(self) -> Self:
        return msgspec.structs.replace(self, interlace=True)
