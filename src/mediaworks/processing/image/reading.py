"""From a descriptor to pixels."""

from __future__ import annotations

from dataclasses import dataclass

from mediaworks.errors import TooManyPixels, Unprocessable
from mediaworks.processing.image import details, vips
from mediaworks.processing.image.comments import refuse_too_much_text
from mediaworks.processing.model import Facts
from mediaworks.processing.types import Kind

TURNED = {5, 6, 7, 8}  # EXIF orientations that swap width and height
NAMES = {"srgb": "sRGB", "p3": "P3"}  # what profiles of these colours call themselves

NEARLY_ONE = 1.02


def header_of(descriptor: int, max_pixels: int) -> vips.Image:
    """What can be known without decoding. Raises TooManyPixels, Unprocessable."""
    refuse_too_much_text(descriptor)
    try:
        header = vips.Image.new_from_source(vips.source(descriptor), "", access="sequential", fail_on="none")
    except vips.Error as error:
        raise Unprocessable(f"The picture cannot be read: {first_line(error)}") from error
    refuse_too_many_pixels(header.width, header.height, max_pixels)
    return header


def refuse_too_many_pixels(width: int, height: int, limit: int, *, frames: int = 1) -> None:
    if width * height * frames > limit:
        shape = f"{width}×{height}" if frames == 1 else f"{frames} frames of {width}×{height}"
        raise TooManyPixels(
            f"The picture has {shape} pixels, {width * height * frames / 1e6:.0f} million; {limit / 1e6:.0f} are allowed",
            limit=limit,
        )


def facts_of(header: vips.Image) -> Facts:
    """Width and height as the picture is to be seen."""
    width, height = header.width, header.height
    if header.get_typeof("orientation") and header.get("orientation") in TURNED:
        width, height = height, width
    return Facts(Kind.IMAGE, width=width, height=height)


@dataclass(frozen=True, slots=True)
class Space:
    """What pixels are decoded to: `profile`, srgb or p3, and 8 or 16 `bits` a band."""

    profile: str = "srgb"
    bits: int = 8


SRGB = Space()


def decoded(
    descriptor: int, *, every_frame: bool = False, fail_on: str = "truncated", space: Space = SRGB
) -> vips.Image:
    """All pixels, upright, in memory; the frames of an animation one below the other. Raises vips.Error."""
    options = "n=-1" if every_frame else ""
    image = vips.Image.new_from_source(vips.source(descriptor), options, access="sequential", fail_on=fail_on)
    pixels = in_space(image, space).copy_memory()
    return pixels if every_frame else pixels.autorot().copy_memory()


def shrunk(descriptor: int, size: tuple[int, int], *, fail_on: str = "truncated", space: Space = SRGB) -> vips.Image:
    """The picture upright and in just this size, of which no more is decoded than that takes. Raises vips.Error."""
    header = vips.Image.new_from_source(vips.source(descriptor), "", access="sequential", fail_on="none")
    if header.get("vips-loader").startswith("jpegload") and (shrink := _jpeg_shrink(header, size)) > 1:
        return _shrunk_jpeg(descriptor, size, shrink, fail_on, space)
    width, height = size
    image = vips.Image.thumbnail_source(
        vips.source(descriptor), width, height=height, size="force", option_string=f"fail-on={fail_on}"
    )
    return in_space(image, space).copy_memory()


def _jpeg_shrink(header: vips.Image, size: tuple[int, int]) -> int:
    """How many pixels the decoder may make one of, by leaving out the finer waves of each block.

    `thumbnail` would leave itself a factor of two to go; the last bit by resampling alone takes a fifth less time.
    """
    sides = sorted((header.width, header.height)), sorted(size)
    return next(
        (shrink for shrink in (8, 4, 2) if all(_leaves_enough(*pair, shrink) for pair in zip(*sides, strict=True))), 1
    )


def _leaves_enough(there: int, wanted: int, shrink: int) -> bool:
    """Nothing to scale any more, or enough: a scale of nearly one only blurs."""
    left = -(-there // shrink)
    return left == wanted or left >= NEARLY_ONE * wanted


def _shrunk_jpeg(descriptor: int, size: tuple[int, int], shrink: int, fail_on: str, space: Space) -> vips.Image:
    image = vips.Image.new_from_source(vips.source(descriptor), "", access="sequential", fail_on=fail_on, shrink=shrink)
    orientation = image.get("orientation") if image.get_typeof("orientation") else 1
    width, height = size[::-1] if orientation in TURNED else size
    scaled = image.resize(width / image.width, vscale=height / image.height)
    pixels = in_space(scaled, space).copy_memory()
    return pixels if orientation == 1 else pixels.autorot().copy_memory()


def in_srgb(image: vips.Image) -> vips.Image:
    """Eight bits of sRGB a band."""
    return in_space(image, SRGB)


def in_space(image: vips.Image, space: Space) -> vips.Image:
    """Colours are converted after shrinking: through a profile that is slow work."""
    if image.get_typeof("icc-profile-data") and NAMES[space.profile] not in (details.profile_name(image) or ""):
        image = _through_profile(image, space)
    elif image.interpretation == "cmyk":
        image = image.icc_transform(space.profile, input_profile="cmyk", depth=space.bits)
    elif space.profile != "srgb" and not image.get_typeof("icc-profile-data"):
        image = image.colourspace("srgb").icc_transform(space.profile, input_profile="srgb", depth=space.bits)
    interpretation = "rgb16" if space.bits == 16 else "srgb"
    if image.interpretation != interpretation:
        image = image.colourspace(interpretation)
    wanted = "ushort" if space.bits == 16 else "uchar"
    return image if image.format == wanted else image.cast(wanted)


def _through_profile(image: vips.Image, space: Space) -> vips.Image:
    try:
        return image.icc_transform(space.profile, embedded=True, intent="relative", depth=space.bits)
    except vips.Error:
        return image  # a profile that does not fit its picture: readers ignore it, and so do we


def first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "unknown reason"
