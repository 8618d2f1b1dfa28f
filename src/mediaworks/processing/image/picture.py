"""What a picture is, and its thumbnails: headers once, pixels once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from mediaworks.errors import Unprocessable
from mediaworks.processing.image import bitmap, details, vips
from mediaworks.processing.image.appearance import SAMPLE, appearance_of, looked_at
from mediaworks.processing.image.master import halvings_of, sizes_of
from mediaworks.processing.image.reading import facts_of, first_line, header_of, in_srgb
from mediaworks.processing.model import Appearance, Facts, ProbeRequest, Understanding, UnderstandRequest
from mediaworks.processing.types import BMP, JPEG

JPEG_HALVINGS = 3


def probe(descriptor: int, request: ProbeRequest) -> Facts:
    """Width and height as the picture is to be seen. Raises TooManyPixels, Unprocessable."""
    if request.mime == BMP.mime:
        return bitmap.probe(descriptor, request.max_pixels)
    return facts_of(header_of(descriptor, request.max_pixels))


def look(descriptor: int, request: ProbeRequest) -> Appearance:
    """What the pixels show. Raises TooManyPixels, Unprocessable."""
    if request.mime == BMP.mime:
        _, base = bitmap.read(descriptor, request.max_pixels)
    else:
        facts = facts_of(header_of(descriptor, request.max_pixels))
        base, _ = _decoded(descriptor, request.mime, facts, SAMPLE)
    return appearance_of(base.thumbnail_image(SAMPLE, height=SAMPLE, size="down").copy_memory())


def understand(descriptor: int, request: UnderstandRequest) -> Understanding:
    """Everything about the picture from one decode of its pixels. Raises TooManyPixels, Unprocessable."""
    if request.mime == BMP.mime:
        facts, base = bitmap.read(descriptor, request.max_pixels)
        known = Understanding(facts, details={"format": "bmp"})
        return looked_at(known, base, request.sizes, sizes_of(facts, request.masters))
    header = header_of(descriptor, request.max_pixels)
    facts = facts_of(header)
    told, complaints = _told(header)
    masters = sizes_of(facts, request.masters) if _has_masters(told) else ()
    box = max([SAMPLE, *(max(size.width, size.height) for size in (*request.sizes, *masters))])
    base, warnings = _decoded(descriptor, request.mime, facts, box)
    known = Understanding(facts, details=told, warnings=warnings + complaints)
    return looked_at(known, base, request.sizes, masters)


def _told(header: vips.Image) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Details, and a warning instead when they cannot be read: nobody loses a picture for its captions."""
    try:
        return details.of(header), ()
    except (vips.Error, ValueError, TypeError, LookupError, ArithmeticError) as error:
        return {}, (f"metadata cannot be read: {first_line(error)}",)


def _has_masters(told: Mapping[str, Any]) -> bool:
    """Not what moves, and not what has more levels than a master could keep."""
    return told.get("pages") == 1 and told.get("bit_depth", 16) <= 8


def _decoded(descriptor: int, mime: str, facts: Facts, box: int) -> tuple[vips.Image, tuple[str, ...]]:
    """The picture upright, in sRGB and no smaller than needed for `box`; of a broken one what can be decoded."""
    halvings = halvings_of(max(facts.width or 0, facts.height or 0), box) if mime == JPEG.mime else 0
    decode = partial(_halved, halvings=min(halvings, JPEG_HALVINGS)) if halvings else partial(_shrunk, box=box)
    try:
        return decode(descriptor, fail_on="truncated"), ()
    except vips.Error as error:
        reason = first_line(error)
    try:
        return decode(descriptor, fail_on="none"), (f"damaged: {reason}",)
    except vips.Error as error:
        raise Unprocessable(f"The picture cannot be decoded: {first_line(error)}") from error


def _shrunk(descriptor: int, *, box: int, fail_on: str) -> vips.Image:
    image = vips.Image.thumbnail_source(
        vips.source(descriptor), box, height=box, size="down", option_string=f"fail-on={fail_on}"
    )
    return in_srgb(image).copy_memory()


def _halved(descriptor: int, *, halvings: int, fail_on: str) -> vips.Image:
    """A JPEG whose transform is evaluated on a coarser grid, which costs less than all its pixels."""
    image = vips.Image.new_from_source(
        vips.source(descriptor), "", shrink=1 << halvings, access="sequential", fail_on=fail_on
    )
    return in_srgb(image.copy_memory().autorot()).copy_memory()
