from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import msgspec

from mediaworks.processing.image.outputs.base import Output


class Tiff(Output, frozen=True, kw_only=True, tag="tiff"):
    """`compression` without loss, or as `jpeg` or `webp` with `quality`. `predictor`: what deflate and lzw pack, `horizontal`
    the differences of neighbours. `bit_depth` 16 holds what a source of more than 8 bits has."""

    mime: ClassVar[str] = "image/tiff"
    extension: ClassVar[str] = "tiff"
    saver: ClassVar[str] = "tiffsave_buffer"
    longest_side: ClassVar[int] = 1_000_000

    compression: Literal["none", "packbits", "lzw", "deflate", "jpeg", "webp"] = "deflate"
    predictor: Literal["none", "horizontal"] = "horizontal"
    bit_depth: Literal[8, 16] = 8

    def __post_init__(self) -> None:
        if self.lossy and self.bit_depth == 16:
            raise ValueError(f"bit_depth: {self.compression} has 8 bits")

    @property
    def lossy(self) -> bool:
        return self.compression in {"jpeg", "webp"}

    @property
    def bits(self) -> int:
        return self.bit_depth

    def options(self, quality: int) -> dict[str, Any]:
        return {"Q": quality, "compression": self.compression, "predictor": self.predictor}

    def lossless_too(self) -> Self:
        return msgspec.structs.replace(self, compression="deflate", predictor="horizontal")
