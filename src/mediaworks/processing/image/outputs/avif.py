from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

import msgspec

from mediaworks.processing.image.outputs.base import Output
from mediaworks.processing.image.outputs.jpeg import SUBSAMPLING


class Avif(Output, frozen=True, kw_only=True, tag="avif"):
    """`bit_depth`: 10 and 12 make smooth skies smoother, and hold what a source of more than 8 bits has. `effort`: from 0,
    fast, to 9, small (4 takes four times as long as 3 for 4 %). `chroma`: how finely colours are kept, `auto` halves them below quality 90. One frame: sequences are
    beyond the writer."""

    mime: ClassVar[str] = "image/avif"
    extension: ClassVar[str] = "avif"
    saver: ClassVar[str] = "heifsave_buffer"
    usual_quality: ClassVar[int] = 60
    first_try: ClassVar[int] = 67
    longest_side: ClassVar[int] = 16_384
    codec: ClassVar[str] = "av1"

    bit_depth: Literal[8, 10, 12] = 8
    effort: Annotated[int, msgspec.Meta(ge=0, le=9)] = 3
    lossless: bool = False
    chroma: Literal["auto", "420", "444"] = "auto"

    @property
    def lossy(self) -> bool:
        return not self.lossless

    @property
    def bits(self) -> int:
        return self.bit_depth

    def options(self, quality: int) -> dict[str, Any]:
        return {
            "Q": quality,
            "compression": self.codec,
            "bitdepth": self.bit_depth,
            "effort": self.effort,
            "lossless": self.lossless,
            "subsample_mode": SUBSAMPLING[self.chroma],
        }

    def lossless_too(self) -> Self:
        return msgspec.structs.replace(self, lossless=True, chroma="444")

    def closer(self) -> Self:
        return msgspec.structs.replace(self, chroma="444")
