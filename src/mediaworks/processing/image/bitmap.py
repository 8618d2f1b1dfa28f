"""BMP, which libvips does not read: ffmpeg's decoder does."""

from __future__ import annotations

import av

from mediaworks.processing.image import vips
from mediaworks.processing.model import Facts
from mediaworks.processing.types import Kind
from mediaworks.processing.video.frames import as_image
from mediaworks.processing.video.opening import opened


def probe(descriptor: int, max_pixels: int) -> Facts:
    with opened(descriptor, "bmp_pipe") as container:
        return _facts(container, max_pixels)


def read(descriptor: int, max_pixels: int) -> tuple[Facts, vips.Image]:
    with opened(descriptor, "bmp_pipe") as container:
        facts = _facts(container, max_pixels)
        return facts, as_image(next(container.decode(video=0)))


def _facts(container: av.container.InputContainer, max_pixels: int) -> Facts:
    from mediaworks.processing.image.picture import refuse_too_many_pixels

    stream = container.streams.video[0]
    refuse_too_many_pixels(stream.width, stream.height, max_pixels)
    return Facts(Kind.IMAGE, width=stream.width, height=stream.height)
