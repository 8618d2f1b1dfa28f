from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

import msgspec

from mediaworks.processing.image.outputs.base import Output


class Jxl(Output, frozen=True, kw_only=True, tag="jxl"):
    """JPEG XL, where libvips is built with it; else this is refused. `effort`: from 1, fast, to 9, small."""

    mime: ClassVar[str] = "image/jxl"
    extension: ClassVar[str] = "jxl"
    saver: ClassVar[str] = "jxlsave_buffer"
    usual_quality: ClassVar[int] = 75
    moves: ClassVar[bool] = True

    lossless: bool = False
    effort: Annotated[int, msgspec.Meta(ge=1, le=9)] = 7

    @property
    def lossy(self) -> bool:
        return not self.lossless

    def options(self, quality: int) -> dict[str, Any]:
        return {"Q": quality, "lossless": self.lossless, "effort": self.effort}

    def lossless_too(self) -> Self:
        return msgspec.structs.replace(self, lossless=True)
