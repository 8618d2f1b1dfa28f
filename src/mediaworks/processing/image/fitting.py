"""A file that is no larger than it may be."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image import animation, vips
from mediaworks.processing.image.outputs import Output
from mediaworks.processing.image.quality.budget import Made, best_within

SHRINKS = 8
SPARE = 0.9  # of the pixels that would just do: files shrink less than their pixels
Encode = Callable[[vips.Image, int], bytes]


def fitted(image: vips.Image, output: Output, encode: Encode, made: Made) -> tuple[Made, vips.Image]:
    """A file of `image` of at most `output.max_bytes`, and the picture that is in it: `made` if it is small enough, else at a
    lower quality, else with fewer pixels. Raises InvalidRecipe, which says what could be reached."""
    limit = output.max_bytes
    if limit is None or len(made.data) <= limit:
        return made, image
    ceiling = made.quality
    for _ in range(SHRINKS):
        if output.lossy:
            made = best_within(partial(encode, image), limit, made)
        if len(made.data) <= limit or not output.shrink:
            break
        image = _smaller(image, math.sqrt(SPARE * limit / len(made.data)))
        made = Made(ceiling, encode(image, ceiling))
        if len(made.data) <= limit:
            break
    if len(made.data) > limit:
        raise _out_of_reach(output, limit, len(made.data))
    return made, image


def _out_of_reach(output: Output, limit: int, smallest: int) -> InvalidRecipe:
    return InvalidRecipe(
        f"output.max_bytes: {limit} bytes cannot be reached; {smallest} can"
        + ("" if output.shrink else ", or less with shrink"),
        field="output.max_bytes",
        limit=limit,
        smallest=smallest,
    )


def _smaller(image: vips.Image, scale: float) -> vips.Image:
    frames = animation.apart(image)
    width, height = (max(1, int(side * scale)) for side in (frames.first.width, frames.first.height))
    return animation.together(frames.each(lambda one: one.thumbnail_image(width, height=height, size="force")))
