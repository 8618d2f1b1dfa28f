"""What a picture is, and its thumbnails: headers once, pixels once."""

from __future__ import annotations

from typing import Any

from mediaworks.errors import TooManyPixels, Unprocessable
from mediaworks.processing.image import bitmap, details, vips
from mediaworks.processing.image.appearance import looked_at
from mediaworks.processing.model import Facts, ProbeRequest, ThumbnailSize, Understanding, UnderstandRequest
from mediaworks.processing.types import BMP, Kind

TURNED = {5, 6, 7, 8}  # EXIF orientations that swap width and height


def probe(descriptor: int, request: ProbeRequest) -> Facts:
    """Width and height as the picture is to be seen. Raises TooManyPixels, Unprocessable."""
    if request.mime == BMP.mime:
        return bitmap.probe(descriptor, request.max_pixels)
    return _facts(_header(descriptor, request.max_pixels))


def understand(descriptor: int, request: UnderstandRequest) -> Understanding:
    """Everything about the picture from one decode of its pixels. Raises TooManyPixels, Unprocessable."""
    if request.mime == BMP.mime:
        facts, base = bitmap.read(descriptor, request.max_pixels)
        return looked_at(Understanding(facts, details={"format": "bmp"}), base, request.sizes)
    header = _header(descriptor, request.max_pixels)
    base, warnings = _decoded(descriptor, request.sizes)
    told, complaints = _told(header)
    known = Understanding(_facts(header), details=told, warnings=warnings + complaints)
    return looked_at(known, base, request.sizes)


def _told(header: vips.Image) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Details, and a warning instead when they cannot be read: nobody loses a picture for its captions."""
    try:
        return details.of(header), ()
    except (vips.Error, ValueError, TypeError, LookupError, ArithmeticError) as error:
        return {}, (f"metadata cannot be read: {_first_line(error)}",)


def _header(descriptor: int, max_pixels: int) -> vips.Image:
    try:
        header = vips.Image.new_from_source(vips.source(descriptor), "", access="sequential", fail_on="none")
    except vips.Error as error:
        raise Unprocessable(f"The picture cannot be read: {_first_line(error)}") from error
    refuse_too_many_pixels(header.width, header.height, max_pixels)
    return header


def refuse_too_many_pixels(width: int, height: int, limit: int) -> None:
    if width * height > limit:
        raise TooManyPixels(
            f"The picture has {width}×{height} pixels, {width * height / 1e6:.0f} million; {limit / 1e6:.0f} are allowed"
        )


def _facts(header: vips.Image) -> Facts:
    width, height = header.width, header.height
    if header.get_typeof("orientation") and header.get("orientation") in TURNED:
        width, height = height, width
    return Facts(Kind.IMAGE, width=width, height=height)


def _decoded(descriptor: int, sizes: tuple[ThumbnailSize, ...]) -> tuple[vips.Image, tuple[str, ...]]:
    """The picture upright, in sRGB and small enough for the largest size; of a broken one what can be decoded."""
    box = max((max(size.width, size.height) for size in sizes), default=320)
    try:
        return _shrunk(descriptor, box, "truncated"), ()
    except vips.Error as error:
        reason = _first_line(error)
    try:
        return _shrunk(descriptor, box, "none"), (f"damaged: {reason}",)
    except vips.Error as error:
        raise Unprocessable(f"The picture cannot be decoded: {_first_line(error)}") from error


def _shrunk(descriptor: int, box: int, fail_on: str) -> vips.Image:
    image = vips.Image.thumbnail_source(
        vips.source(descriptor), box, height=box, size="down", option_string=f"fail-on={fail_on}"
    )
    return _in_srgb(image).copy_memory()


def _in_srgb(image: vips.Image) -> vips.Image:
    """Eight bits of sRGB a band. Colours are converted after shrinking: through a profile that is slow work."""
    if image.get_typeof("icc-profile-data") and "sRGB" not in (details.profile_name(image) or ""):
        image = _through_profile(image)
    elif image.interpretation == "cmyk":
        image = image.icc_transform("srgb", input_profile="cmyk")
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    return image if image.format == "uchar" else image.cast("uchar")


def _through_profile(image: vips.Image) -> vips.Image:
    try:
        return image.icc_transform("srgb", embedded=True, intent="relative")
    except vips.Error:
        return image  # a profile that does not fit its picture: readers ignore it, and so do we


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "unknown reason"
