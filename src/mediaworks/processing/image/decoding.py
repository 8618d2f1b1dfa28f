"""The one decode of a rendering: no more pixels than its recipes need, no more frames than its outputs show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mediaworks.errors import InvalidRecipe, Unprocessable
from mediaworks.processing.image import bitmap, reading, vips
from mediaworks.processing.image.animation import Frames, apart, pages_of
from mediaworks.processing.image.operations.base import Size
from mediaworks.processing.image.outputs import Output
from mediaworks.processing.image.reading import Space
from mediaworks.processing.image.scaling import needed
from mediaworks.processing.model import RenderRequest
from mediaworks.processing.types import BMP

ASSET_SIDE = 8192
"""Pictures that are laid over others are read no larger."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """`size`: that of the original, upright; the frames may be smaller copies."""

    size: Size
    frames: Frames
    warnings: tuple[str, ...] = ()


def decode(descriptor: int, request: RenderRequest, space: Space) -> Decoded:
    """Raises TooManyPixels, Unprocessable."""
    if request.mime == BMP.mime:
        facts, image = bitmap.read(descriptor, request.max_pixels)
        return Decoded((facts.width or 1, facts.height or 1), Frames((reading.in_space(image, space),)))
    header = reading.header_of(descriptor, request.max_pixels)
    facts = reading.facts_of(header)
    there = facts.width or 1, facts.height or 1
    size = request.size or there
    pages = pages_of(header, request.mime)
    if pages > 1 and any(moves(rendition.output) for rendition in request.renditions):
        _refuse_too_many_frames(pages, header, request)
        return Decoded(size, *_mended(lambda fail_on: _moving(descriptor, space, fail_on)))
    wanted = needed(size, [(*request.operations, *rendition.operations) for rendition in request.renditions])
    return Decoded(size, *_mended(lambda fail_on: _still(descriptor, there, wanted, space, fail_on)))


def assets(request: RenderRequest, descriptors: Sequence[int]) -> dict[str, vips.Image]:
    """The other pictures by name. Raises TooManyPixels, InvalidRecipe for one that cannot be read."""
    return {
        name: _asset(name, descriptor, request.max_pixels)
        for name, descriptor in zip(request.assets, descriptors, strict=True)
    }


def _asset(name: str, descriptor: int, max_pixels: int) -> vips.Image:
    try:
        facts = reading.facts_of(reading.header_of(descriptor, max_pixels))
        there = facts.width or 1, facts.height or 1
        scale = min(1.0, ASSET_SIDE / max(there))
        small = max(1, round(there[0] * scale)), max(1, round(there[1] * scale))
        return _mended(lambda fail_on: _still(descriptor, there, small, reading.SRGB, fail_on))[0].first
    except Unprocessable as error:
        raise InvalidRecipe(f"media: {name}: {error.detail}", field="media") from error


def moves(output: Output) -> bool:
    return output.animated and output.moves


def _refuse_too_many_frames(pages: int, header: vips.Image, request: RenderRequest) -> None:
    if pages > request.max_frames:
        raise Unprocessable(
            f"The picture has {pages} frames; {request.max_frames} are allowed, or the first one alone (animated: false)",
            code="too_many_frames",
            limit=request.max_frames,
        )
    reading.refuse_too_many_pixels(header.width, header.height, request.max_pixels, frames=pages)


def _mended(read: Callable[[str], Frames]) -> tuple[Frames, tuple[str, ...]]:
    """The picture, and of a damaged one what can be decoded, with a warning. Raises Unprocessable when that is nothing."""
    try:
        return read("truncated"), ()
    except vips.Error as error:
        reason = reading.first_line(error)
    try:
        return read("none"), (f"damaged: {reason}",)
    except vips.Error as error:
        raise Unprocessable(f"The picture cannot be decoded: {reading.first_line(error)}") from error


def _moving(descriptor: int, space: Space, fail_on: str) -> Frames:
    return apart(reading.decoded(descriptor, every_frame=True, fail_on=fail_on, space=space))


def _still(descriptor: int, there: Size, wanted: Size, space: Space, fail_on: str) -> Frames:
    if wanted[0] >= there[0] and wanted[1] >= there[1]:
        return Frames((reading.decoded(descriptor, fail_on=fail_on, space=space),))
    return Frames((reading.shrunk(descriptor, wanted, fail_on=fail_on, space=space),))
