"""How sharp a picture is, by the variance of its Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield
microscopy", ICPR 2000)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

_LAPLACIAN = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]


def sharpness_of(image: Image) -> float:
    """The variance, in squared grey levels (0 to 255), over an sRGB picture without alpha, which is to be of the usual size
    (`appearance.SAMPLE`): the same picture in another size has another sharpness. 0 for fewer than 3 × 3 pixels."""
    if min(image.width, image.height) < 3:
        return 0.0
    grey = image.colourspace("b-w").cast("float")
    edges = grey.conv(image.new_from_array(_LAPLACIAN), precision="float")
    return round(float(edges.crop(1, 1, image.width - 2, image.height - 2).deviate()) ** 2, 1)
