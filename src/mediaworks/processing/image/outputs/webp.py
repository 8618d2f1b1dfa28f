from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

import msgspec

from mediaworks.processing.image.outputs.base import Output


class Webp(Output, frozen=True, kw_only=True, tag="webp"):
    """`effort`: from 0, fast, to 6, small (4 takes twice the time of 2 and saves 5 %). `smart_subsample`: colours halved with care, sharper red edges. `near_lossless`:
    only so much loss as helps to compress without; `quality` then says how much. `preset`: what the picture shows.
    `alpha_quality`: of transparency."""

    mime: ClassVar[str] = "image/webp"
    extension: ClassVar[str] = "webp"
    saver: ClassVar[str] = "webpsave_buffer"
    usual_quality: ClassVar[int] = 75
    first_try: ClassVar[int] = 86
    moves: ClassVar[bool] = True
    longest_side: ClassVar[int] = 16_383

    lossless: bool = False
    near_lossless: bool = False
    effort: Annotated[int, msgspec.Meta(ge=0, le=6)] = 2
    smart_subsample: bool = False
    preset: Literal["default", "picture", "photo", "drawing", "icon", "text"] = "default"
    alpha_quality: Annotated[int, msgspec.Meta(ge=0, le=100)] = 100

    @property
    def lossy(self) -> bool:
        return not self.lossless

    def options(self, quality: int) -> dict[str, Any]:
        return {
            "Q": quality,
            "lossless": self.lossless or self.near_lossless,
            "near_lossless": self.near_lossless and not self.lossless,
            "effort": self.effort,
            "smart_subsample": self.smart_subsample,
            "preset": self.preset,
            "alpha_q": self.alpha_quality,
        }

    def smallest(self) -> Self:
        return msgspec.structs.replace(self, effort=6, smart_subsample=True)

    def lossless_too(self) -> Self:
        return msgspec.structs.replace(self, lossless=True, near_lossless=False)
