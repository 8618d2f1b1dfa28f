"""How much of a picture its recipes need: what scales it down first needs no more pixels than that leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations.base import Operation, Size
from mediaworks.processing.image.operations.geometry.crop import Crop
from mediaworks.processing.image.operations.geometry.resize import Kernel, Resize
from mediaworks.processing.image.operations.geometry.rotate import Rotate

SPARE = 3.0
"""Behind a crop, whose edges fall between the pixels of a smaller copy: so many times what is left, and they are a sixth
of a pixel wrong at most."""


def needed(size: Size, recipes: Iterable[Sequence[Operation]]) -> Size:
    """The smallest copy of a picture of `size` (upright) from which all these recipes come out as from itself."""
    sizes = [_asked(size, recipe) for recipe in recipes]
    width, height = (max(side) for side in zip(*sizes, strict=True))
    return min(size[0], width), min(size[1], height)


def _asked(size: Size, recipe: Sequence[Operation]) -> Size:
    try:
        return _needed(size, recipe)
    except InvalidRecipe:
        return size  # the step itself will say so, with its place


def _needed(size: Size, recipe: Sequence[Operation]) -> Size:
    current, spare, turned = size, 1.0, False
    for operation in recipe:
        if isinstance(operation, Resize):
            return _before(operation, size, current, spare=spare, turned=turned)
        after = operation.size_after(current)
        if after is None:
            return size
        spare = SPARE if isinstance(operation, Crop) else spare
        turned ^= isinstance(operation, Rotate) and operation.angle % 180 != 0
        current = after
    return size


def _before(resize: Resize, size: Size, current: Size, *, spare: float, turned: bool) -> Size:
    """What is needed of `size`, of which `current` is left when it comes to this step."""
    if resize.kernel is not Kernel.LANCZOS3:
        return size
    width, height = resize.scaled(*current)
    shares = width / current[0] * spare, height / current[1] * spare
    across, down = shares[::-1] if turned else shares
    return round(size[0] * across), round(size[1] * down)
