"""A waveform as a PNG. Only sandbox children import this module."""

from __future__ import annotations

from mediaworks.processing.audio.waveform.model import DrawRequest
from mediaworks.processing.image import vips


def drawn(request: DrawRequest) -> bytes:
    height = request.height // len(request.outlines)
    bands = [_mask(*outline, request.width, height) for outline in request.outlines]
    mask = vips.Image.arrayjoin(bands, across=1).embed(0, 0, request.width, request.height)
    picture = mask.ifthenelse(list(request.colour), list(request.background))
    return bytes(picture.cast("uchar").copy(interpretation="srgb").pngsave_buffer(compression=9, palette=True))


def _mask(upper: bytes, lower: bytes, width: int, height: int) -> vips.Image:
    """255 between the edges, these included."""
    rows = vips.Image.xyz(width, height)[1]
    above, below = (vips.Image.new_from_memory(edge, width, 1, 1, "short") for edge in (upper, lower))
    return (rows >= above.replicate(1, height)) & (rows <= below.replicate(1, height))
