from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.outputs.base import Output

PALETTE_BITS = (1, 2, 4, 8)


class Png(Output, frozen=True, kw_only=True, tag="png"):
    """Without loss, or with a `palette` of at most so many `colours`, of which PNG has 2, 4, 16 or 256, mixed by `dither`
    (0 to 1); with `quality: auto` only where that looks the same. `interlace`: shown coarsely at first. `compression`: from 0,
    fast, to 9, small; `effort`: 1 to 10, for finding the palette. `bit_depth` 16 holds what a source of more bits has."""

    mime: ClassVar[str] = "image/png"
    extension: ClassVar[str] = "png"
    saver: ClassVar[str] = "pngsave_buffer"
    longest_side: ClassVar[int] = 1_000_000

    palette: bool = False
    colours: Annotated[int, msgspec.Meta(ge=2, le=256)] = 256
    dither: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    interlace: bool = False
    compression: Annotated[int, msgspec.Meta(ge=0, le=9)] = 6
    effort: Annotated[int, msgspec.Meta(ge=1, le=10)] = 7
    bit_depth: Literal[8, 16] = 8

    def __post_init__(self) -> None:
        if self.palette and self.bit_depth == 16:
            raise ValueError("bit_depth: a palette has 8 bits")
        if not self.palette and self.colours < 256:
            raise ValueError("colours: only with palette")

    @property
    def lossy(self) -> bool:
        return False

    @property
    def bits(self) -> int:
        return self.bit_depth

    def options(self, quality: int) -> dict[str, Any]:
        common = {"compression": self.compression, "interlace": self.interlace}
        if not self.palette:
            return {**common, "bitdepth": self.bit_depth}
        bits = max(bits for bits in PALETTE_BITS if 2**bits <= self.colours)
        return {**common, "palette": True, "bitdepth": bits, "dither": self.dither, "effort": self.effort}

    def smallest(self) -> Self:
        """A palette where that looks the same, else (`closer`) all colours."""
        return msgspec.structs.replace(self, palette=True, compression=9, bit_depth=8)

    def lossless_too(self) -> Self:
        if self.palette:
            raise InvalidRecipe("output.palette: loses colours", field="output.palette", allowed=[False])
        return msgspec.structs.replace(self, compression=9)

    def coarse_first(self) -> Self:
        return msgspec.structs.replace(self, interlace=True)

    def closer(self) -> Self:
        return msgspec.structs.replace(self, palette=False, colours=256)
