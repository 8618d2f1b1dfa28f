"""Pictures of several frames: taken apart, and put together again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mediaworks.processing.image import vips
from mediaworks.processing.types import MOVING


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a picture, all of one size; `delays` in milliseconds, `loop`: how often it plays, 0 for ever."""

    images: tuple[vips.Image, ...]
    delays: tuple[int, ...] = ()
    loop: int = 0

    @property
    def first(self) -> vips.Image:
        return self.images[0]

    @property
    def pixels(self) -> int:
        return int(self.first.width * self.first.height * len(self.images))

    def each(self, change: Callable[[vips.Image], vips.Image]) -> Frames:
        return replace(self, images=tuple(change(image) for image in self.images))

    def in_memory(self) -> Frames:
        """Their pixels made now, so that nothing is reckoned twice. Raises vips.Error."""
        return self.each(lambda image: image.copy_memory())

    def still(self) -> Frames:
        """The first frame alone."""
        return Frames(self.images[:1])


def pages_of(header: vips.Image, mime: str) -> int:
    """How many frames there are."""
    return int(header.get("n-pages")) if mime in MOVING and header.get_typeof("n-pages") else 1


def apart(image: vips.Image) -> Frames:
    """The frames that a loader has put one below the other."""
    height = image.get("page-height") if image.get_typeof("page-height") else image.height
    if height >= image.height:
        return Frames((image,))
    images = tuple(image.crop(0, top, image.width, height) for top in range(0, image.height, height))
    delays = tuple(image.get("delay")) if image.get_typeof("delay") else ()
    return Frames(images, delays, image.get("loop") if image.get_typeof("loop") else 0)


def together(frames: Frames) -> vips.Image:
    """One picture as savers want it; where libvips says it came from is nobody's business (PNG would keep it)."""
    if len(frames.images) == 1:
        return frames.first.copy(xoffset=0, yoffset=0)
    joined = vips.Image.arrayjoin(list(frames.images), across=1).copy(xoffset=0, yoffset=0)
    joined.set_type(vips.INT, "page-height", frames.first.height)
    joined.set_type(vips.INT, "loop", frames.loop)
    if frames.delays:
        joined.set_type(vips.INTS, "delay", list(frames.delays))
    return joined
