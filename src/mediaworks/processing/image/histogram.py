"""How often each level occurs."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from mediaworks.processing.model import Histogram

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


def histogram_of(image: Image) -> Histogram:
    """Of an sRGB picture without alpha, 8 bits a band: pixels at each of the 256 levels of red, green, blue and luminance."""
    bands = image.bandjoin(image.colourspace("b-w").cast("uchar"))
    counts = array("I", bytes(bands.hist_find().write_to_memory()))
    return Histogram(*(tuple(counts[band::4]) for band in range(4)))
