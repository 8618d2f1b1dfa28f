from __future__ import annotations

from collections.abc import Mapping

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations.base import Pixels
from mediaworks.processing.image.operations.geometry.crop import Offset, Ratio
from mediaworks.processing.image.operations.gravity import Gravity, placed
from mediaworks.processing.video.clip import Clip, Size
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation, Side


class Crop(Operation, frozen=True, kw_only=True, tag="crop"):
    """Cut a part out: `x`, `y`, `width` and `height` in pixels; or only a size, or the largest part of a `ratio`, which
    `gravity` chooses."""

    x: Offset | None = None
    y: Offset | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    ratio: Ratio | None = None
    gravity: Side = "center"

    def __post_init__(self) -> None:
        sized = self.width is not None and self.height is not None
        if sized == (self.ratio is not None):
            raise ValueError("crop: needs width and height, or a ratio")
        if self.ratio is not None and (self.width is not None or self.height is not None):
            raise ValueError("crop: takes a ratio, or width and height")

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        width, height = self._wanted(clip.size)
        left, top = placed(Gravity(self.gravity), clip.size[0] - width, clip.size[1] - height)
        left, top = left if self.x is None else self.x, top if self.y is None else self.y
        _refuse_outside("width", left + width, clip.size[0])
        _refuse_outside("height", top + height, clip.size[1])
        return clip.seen(f"crop={width}:{height}:{left}:{top}:exact=1", size=(width, height))

    def _wanted(self, size: Size) -> Size:
        if self.ratio is None:
            return self.width or size[0], self.height or size[1]
        across, down = map(int, self.ratio.split(":"))
        scale = min(size[0] / across, size[1] / down)
        return max(1, round(across * scale)), max(1, round(down * scale))


def _refuse_outside(field: str, end: int, limit: int) -> None:
    if end > limit:
        told = f"{field}: the part ends at {end}, outside the {limit} pixels that there are"
        raise InvalidRecipe(told, field=field, limit=limit)
