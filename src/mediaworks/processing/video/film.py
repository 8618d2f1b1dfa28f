"""Pictures that move, as recordings: for whatever makes something of a video, a GIF or WebP is one."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate

import av
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from mediaworks.errors import InvalidRecipe, Unprocessable
from mediaworks.processing.image import reading, vips
from mediaworks.processing.image.animation import pages_of
from mediaworks.processing.image.operations.colours import rgba
from mediaworks.processing.video.model import Filmed, FilmRequest

TICK = 10
"""Milliseconds: the time of a GIF is counted in these (GIF89a, section 23)."""
TOO_SHORT, INSTEAD = 10, 100
"""What every browser does with delays of a hundredth of a second and less, in milliseconds."""


def film(descriptor: int, request: FilmRequest, out: int) -> Filmed:
    """Write the frames into `out`, as Matroska without loss (FFV1), each shown for as long as in the picture, once, on the
    background. Raises InvalidRecipe for a picture that does not move, TooManyPixels, Unprocessable."""
    header = reading.header_of(descriptor, request.max_pixels)
    pages = pages_of(header, request.mime)
    if pages < 2:
        raise InvalidRecipe("output.format: the picture has one frame, which makes no video", field="output.format")
    reading.refuse_too_many_pixels(header.width, header.height, request.max_pixels, frames=pages)
    times = times_of(header.get("delay") if header.get_typeof("delay") else (), pages)
    try:
        _write(out, times, _pictures(descriptor, request.background))
    except vips.Error as error:
        raise Unprocessable(f"The picture cannot be decoded: {reading.first_line(error)}") from error
    return Filmed(frames=pages, seconds=times[-1] / 1000)


def times_of(delays: Sequence[int], pages: int) -> list[int]:
    """When each frame begins, and the end, in milliseconds from `delays`."""
    known = [*delays, *[0] * pages][:pages]
    shown = (INSTEAD if delay <= TOO_SHORT else round(delay / TICK) * TICK for delay in known)
    return [0, *accumulate(shown)]


def _pictures(descriptor: int, background: str) -> Iterator[vips.Image]:
    """Each frame opaque, in 8-bit sRGB, of two pixels a side at least; they have to be read in their order."""
    whole = vips.Image.new_from_source(vips.source(descriptor), "n=-1", access="sequential", fail_on="none")
    height = whole.get("page-height")
    shown = reading.in_srgb(whole)
    if shown.hasalpha():
        shown = shown.flatten(background=list(rgba(background)[:3]))
    if shown.bands < 3:
        shown = shown.colourspace("srgb")
    width = max(2, shown.width)
    for top in range(0, shown.height, height):
        yield shown.crop(0, top, shown.width, height).embed(0, 0, width, max(2, height), extend="copy")


def _write(out: int, times: Sequence[int], pictures: Iterator[vips.Image]) -> None:
    tick = math.gcd(*times)
    with os.fdopen(os.dup(out), "wb") as file, av.open(file, "w", format="matroska") as container:
        stream = None
        for number, picture in enumerate(pictures):
            frame = _frame(picture)
            if stream is None:
                stream = _stream(container, frame, tick)
            for time in _shown_at(times, number, tick):
                frame.pts, frame.time_base = time // tick, Fraction(tick, 1000)
                container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))


def _shown_at(times: Sequence[int], number: int, tick: int) -> tuple[int, ...]:
    """The last frame again at the last tick: else nobody knew for how long it stays."""
    begin, end = times[number], times[number + 1]
    is_last = number == len(times) - 2
    return (begin, end - tick) if is_last and end - tick > begin else (begin,)


def _frame(picture: vips.Image) -> av.VideoFrame:
    rgb = av.VideoFrame(picture.width, picture.height, "rgb24")
    plane, row, packed = rgb.planes[0], 3 * picture.width, picture.write_to_memory()
    pad = bytes(plane.line_size - row)
    plane.update(b"".join(bytes(packed[at : at + row]) + pad for at in range(0, row * picture.height, row)))
    return VideoReformatter().reformat(
        rgb, format="yuv444p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )


def _stream(container: av.container.OutputContainer, frame: av.VideoFrame, tick: int) -> av.VideoStream:
    stream = container.add_stream("ffv1", rate=Fraction(1000, tick))
    stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv444p"
    codec = stream.codec_context
    codec.time_base, codec.thread_count = Fraction(tick, 1000), 1
    codec.colorspace, codec.color_range = Colorspace.ITU709.value, ColorRange.MPEG.value
    codec.color_primaries = codec.color_trc = 1  # ITU-T H.273: BT.709
    return stream
