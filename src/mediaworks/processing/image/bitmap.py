"""BMP, which libvips does not read: ffmpeg's decoder does."""

from __future__ import annotations

import os
import struct

from mediaworks.errors import TooManyPixels, Unprocessable
from mediaworks.processing.image import vips
from mediaworks.processing.model import Facts
from mediaworks.processing.types import Kind
from mediaworks.processing.video.frames import as_image
from mediaworks.processing.video.opening import opened

_CORE_HEADER = 12


def probe(descriptor: int, max_pixels: int) -> Facts:
    """Width and height by the header alone (BITMAPCOREHEADER, BITMAPINFOHEADER). Raises TooManyPixels, Unprocessable."""
    header = os.pread(descriptor, 26, 0)
    if len(header) < 26:
        raise Unprocessable("The picture cannot be read: its header is cut off")
    layout = "<HH" if int.from_bytes(header[14:18], "little") == _CORE_HEADER else "<ii"
    width, height = struct.unpack_from(layout, header, 18)
    height = abs(height)  # negative: stored from the top
    if width < 1 or height < 1:
        raise Unprocessable(f"The picture cannot be read: its size is {width}×{height}")
    if width * height > max_pixels:
        raise TooManyPixels(f"The picture has {width}×{height} pixels; {max_pixels / 1e6:.0f} million are allowed")
    return Facts(Kind.IMAGE, width=width, height=height)


def read(descriptor: int, max_pixels: int) -> tuple[Facts, vips.Image]:
    facts = probe(descriptor, max_pixels)
    with opened(descriptor, "bmp_pipe") as container:
        return facts, as_image(next(container.decode(video=0)))
