"""The second picture in an Ultra HDR photo: how much brighter each place is on a screen that can show it (ISO 21496-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image import vips
from mediaworks.processing.image.operations import Operation, Scene
from mediaworks.processing.image.operations.compress import Compress
from mediaworks.processing.image.operations.geometry.crop import Crop
from mediaworks.processing.image.operations.geometry.flip import Flip
from mediaworks.processing.image.operations.geometry.resize import Fit, Resize
from mediaworks.processing.image.operations.geometry.rotate import Rotate
from mediaworks.processing.image.operations.gravity import SHARES
from mediaworks.processing.image.outputs import Output
from mediaworks.processing.image.outputs.jpeg import Jpeg

QUALITY = 90
PADDED = {Fit.CONTAIN, Fit.PAD}


@dataclass(frozen=True, slots=True)
class GainMap:
    """`image` upright, one band or three; `shape`: how its values are meant, as libvips names that; `size`: of the photo."""

    image: vips.Image
    shape: Mapping[str, tuple[int, Any]]
    size: tuple[int, int]

    def after(self, operations: Sequence[Operation], scene: Scene) -> GainMap | None:
        """The map of the photo after `operations`; None when one of them leaves no map that fits."""
        if not all(_can_follow(operation) for operation in operations):
            return None
        width, height = self.size
        grown = _as_photo(self.image, width, height)
        try:
            for operation in operations:
                grown = operation.apply(grown, scene)
        except (InvalidRecipe, vips.Error):
            return None
        shrink = max(1, width // self.image.width)
        small = grown.resize(1 / min(shrink, grown.width, grown.height))
        if self.image.bands == 1:
            small = small[0].copy(interpretation="b-w")
        return GainMap(small.copy_memory(), self.shape, (grown.width, grown.height))

    def attached_to(self, image: vips.Image) -> vips.Image:
        worn = image.copy()
        for name, (kind, value) in self.shape.items():
            worn.set_type(kind, name, value)
        worn.set_type(vips.BLOB, "gainmap-data", self.image.jpegsave_buffer(Q=QUALITY, keep="none"))
        return worn


def is_wanted(output: Output) -> bool:
    """Whether it goes into the file: only JPEG has room for it."""
    return "gain_map" in output.keep and isinstance(output, Jpeg)


def wanted_from(descriptor: int, outputs: Sequence[Output], mime: str) -> GainMap | None:
    """The map, if there is one and any of `outputs` keeps it."""
    return found_in(descriptor) if mime == Jpeg.mime and any(map(is_wanted, outputs)) else None


def found_in(descriptor: int) -> GainMap | None:
    """The map of the JPEG behind `descriptor`, if it has one."""
    photo = vips.ultra_hdr(descriptor)
    if photo is None or not photo.get_typeof("gainmap-data"):
        return None
    image = vips.Image.jpegload_buffer(photo.get("gainmap-data")).copy()
    width, height = photo.width, photo.height
    if image.width > width or image.height > height:
        return None  # no camera writes a map larger than its photo
    if photo.get_typeof("orientation"):
        image.set_type(vips.INT, "orientation", photo.get("orientation"))
        upright = photo.autorot()
        width, height = upright.width, upright.height
    shape = {
        name: (photo.get_typeof(name), photo.get(name))
        for name in photo.get_fields()
        if name.startswith("gainmap-") and name != "gainmap-data"
    }
    return GainMap(image.autorot().copy_memory(), shape, (width, height))


def _as_photo(image: vips.Image, width: int, height: int) -> vips.Image:
    grown = image.resize(width / image.width, vscale=height / image.height, kernel="linear")
    if grown.bands == 1:
        grown = grown.bandjoin([grown, grown])
    return grown.copy(interpretation="srgb")


def _can_follow(operation: Operation) -> bool:
    """Whether it moves pixels by its numbers alone and paints none."""
    match operation:
        case Compress() | Flip():
            return True
        case Resize():
            return operation.fit not in PADDED and operation.gravity in SHARES
        case Crop():
            return operation.gravity in SHARES
        case Rotate():
            return operation.angle % 90 == 0
        case _:
            return False
