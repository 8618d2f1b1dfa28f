from __future__ import annotations

from collections.abc import Mapping

from mediaworks.processing.image.operations.base import Colour, Pixels
from mediaworks.processing.image.operations.colours import rgba
from mediaworks.processing.image.operations.geometry.resize import Fit
from mediaworks.processing.image.operations.geometry.resize import Resize as PictureResize
from mediaworks.processing.image.operations.gravity import Gravity, placed
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation, Side
from mediaworks.processing.video.painting import padded

CUT, FILLED = {Fit.FILL, Fit.COVER}, {Fit.CONTAIN, Fit.PAD}


class Resize(Operation, frozen=True, kw_only=True, tag="resize"):
    """Make the pictures fit a box in pixels, as with pictures; without one of its sides the shape stays. Never larger than
    they are, unless `enlarge`. `gravity` says what stays when something is cut off."""

    width: Pixels | None = None
    height: Pixels | None = None
    fit: Fit = Fit.FIT
    enlarge: bool = False
    gravity: Side = "center"
    background: Colour = "black"

    def __post_init__(self) -> None:
        if self.width is None and self.height is None:
            raise ValueError("resize: needs width or height")

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        plan = PictureResize(width=self.width, height=self.height, fit=self.fit, enlarge=self.enlarge)
        width, height = plan.scaled(*clip.size)
        scaled = clip.seen(f"scale={width}:{height}:flags=lanczos,setsar=1", size=(width, height))
        if self.width is None or self.height is None:
            return scaled
        if self.fit in CUT:
            return self._cut(scaled, min(self.width, width), min(self.height, height))
        return self._filled(scaled, self.width, self.height) if self.fit in FILLED else scaled

    def _cut(self, clip: Clip, width: int, height: int) -> Clip:
        left, top = placed(Gravity(self.gravity), clip.size[0] - width, clip.size[1] - height)
        return clip.seen(f"crop={width}:{height}:{left}:{top}:exact=1", size=(width, height))

    def _filled(self, clip: Clip, width: int, height: int) -> Clip:
        left, top = placed(Gravity(self.gravity), width - clip.size[0], height - clip.size[1])
        red, green, blue, _ = rgba(self.background)
        colour = f"0x{red:02x}{green:02x}{blue:02x}"
        return clip.seen(padded((width, height), (left, top), clip.space, colour=colour), size=(width, height))
