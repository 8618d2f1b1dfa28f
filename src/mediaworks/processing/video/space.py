"""How the numbers of a picture are to be understood: what filters on red, green and blue come from and go back to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Space:
    """`matrix` as the filter scale calls it, `tag` as frames carry it; `luma`, `alpha` and `packed` and
    `planes`: formats of pixels, the last two of red, green and blue (of planes haldclut takes one colour for another); `overlay`: how the filter of
    that name calls the first of them."""

    matrix: str
    tag: str
    luma: str
    alpha: str
    packed: str
    planes: str
    overlay: str

    @property
    def written(self) -> str:
        """Filters that bring any picture into it, and say so: not every ffmpeg notes by itself what it has converted to."""
        marked = f"setparams=colorspace={self.tag}:range=tv"
        return f"{self._converted},format={self.luma},{marked}"

    @property
    def written_with_alpha(self) -> str:
        return f"{self._converted},format={self.alpha}"

    @property
    def _converted(self) -> str:
        return f"scale=out_color_matrix={self.matrix}:out_range=tv"


STANDARD = Space("bt709", "bt709", "yuv420p", "yuva420p", "rgb24", "gbrp", "yuv420")
WIDE = Space("bt2020", "bt2020nc", "yuv420p10le", "yuva420p10le", "rgb48le", "gbrp10le", "yuv420p10")
"""Of HDR that stays HDR."""
