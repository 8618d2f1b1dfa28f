from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import msgspec

from mediaworks.processing.image.outputs.base import Output

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

SUBSAMPLING = {"auto": "auto", "420": "on", "444": "off"}


class Jpeg(Output, frozen=True, kw_only=True, tag="jpeg"):
    """`progressive`: shown coarsely at first, then finer. `chroma`: how finely colours are kept, `auto` halves them below
    quality 90. The rest is mozjpeg's: better Huffman
    tables (2 % smaller, for twice the time), coefficients chosen by what they cost, no ringing around black
    on white, better scans (progressive only), and which table divides the coefficients (3 is its own)."""

    mime: ClassVar[str] = "image/jpeg"
    extension: ClassVar[str] = "jpg"
    saver: ClassVar[str] = "jpegsave_buffer"
    has_alpha: ClassVar[bool] = False
    first_try: ClassVar[int] = 79
    longest_side: ClassVar[int] = 65_500

    progressive: bool = False
    chroma: Literal["auto", "420", "444"] = "auto"
    optimise_coding: bool = False
    trellis_quantisation: bool = False
    overshoot_deringing: bool = False
    optimise_scans: bool = False
    quantisation_table: Annotated[int, msgspec.Meta(ge=0, le=8)] = 0

    def options(self, quality: int) -> dict[str, Any]:
        return {
            "Q": quality,
            "interlace": self.progressive,
            "subsample_mode": SUBSAMPLING[self.chroma],
            "optimize_coding": self.optimise_coding,
            "trellis_quant": self.trellis_quantisation,
            "overshoot_deringing": self.overshoot_deringing,
            "optimize_scans": self.optimise_scans and self.progressive,
            "quant_table": self.quantisation_table,
        }

    def encode(self, image: Image, quality: int, keep: str = "none", **others: str) -> bytes:
        """A picture with a gain map becomes an Ultra HDR file, whose writer knows none of mozjpeg's settings."""
        if image.get_typeof("gainmap-data"):
            return bytes(image.uhdrsave_buffer(Q=quality, keep=f"{keep}|gainmap", **others))
        return super().encode(image, quality, keep, **others)

    def smallest(self) -> Self:
        """Colours halved at every quality: what they lose, others win back at a lower price."""
        return msgspec.structs.replace(
            self,
            chroma="420" if self.chroma == "auto" else self.chroma,
            progressive=True,
            optimise_coding=True,
            trellis_quantisation=True,
            overshoot_deringing=True,
            optimise_scans=True,
            quantisation_table=3,
        )

    def coarse_first(self) -> Self:
        return msgspec.structs.replace(self, progressive=True)

    def closer(self) -> Self:
        return msgspec.structs.replace(self, chroma="444")
