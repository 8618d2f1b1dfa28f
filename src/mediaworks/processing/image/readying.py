"""A picture made ready for a format: its size, its colours, its depth."""

from __future__ import annotations

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image import vips
from mediaworks.processing.image.operations.colours import rgba
from mediaworks.processing.image.outputs import Output


def readied(image: vips.Image, output: Output, space: str) -> vips.Image:
    """`image`, whose colours are those of `space`, with the background, colours and depth of the output. Raises InvalidRecipe
    when it is too large for the format."""
    _refuse_too_large(image, output)
    return _in_depth(_in_colours(_grounded(image, output), output, space), output.bits)


def page_height(image: vips.Image) -> int:
    """Of one frame."""
    return int(image.get_page_height())


def _refuse_too_large(image: vips.Image, output: Output) -> None:
    longest, limit = max(image.width, page_height(image)), output.longest_side
    if longest > limit:
        raise InvalidRecipe(
            f"output.format: {output.name()} holds at most {limit} pixels a side; the picture "
            f"has {image.width}×{page_height(image)}",
            field="output.format",
            limit=limit,
        )


def _grounded(image: vips.Image, output: Output) -> vips.Image:
    if output.has_alpha or not image.hasalpha():
        return image
    scale = 257 if image.format == "ushort" else 1
    return image.flatten(background=[band * scale for band in rgba(output.background)[:3]])


def _in_colours(image: vips.Image, output: Output, space: str) -> vips.Image:
    if output.profile == space:
        return image
    depth = 16 if image.format == "ushort" else 8
    return image.icc_transform(output.profile, input_profile=space, depth=depth, intent="relative")


def _in_depth(image: vips.Image, bits: int) -> vips.Image:
    if bits > 8 and image.format == "uchar":
        return image.colourspace("rgb16")
    return image.colourspace("srgb") if bits == 8 and image.format == "ushort" else image
