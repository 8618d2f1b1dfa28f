"""How alike two pictures are."""

from __future__ import annotations

import pyvips

_STEADY = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def ssim(one: pyvips.Image, other: pyvips.Image) -> float:
    """The mean structural similarity of two pictures of one size, 1 for the same: of their luminance, under a Gaussian window
    of σ 1.5 (Z. Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004)."""
    if (one.width, one.height) != (other.width, other.height):
        raise ValueError(f"{one.width}×{one.height} and {other.width}×{other.height} cannot be compared")
    first, second = (picture.colourspace("b-w").cast("float") for picture in (one, other))
    means = _local(first), _local(second)
    squares = means[0] * means[0], means[1] * means[1]
    variances = _local(first * first) - squares[0], _local(second * second) - squares[1]
    shared = _local(first * second) - means[0] * means[1]
    above = (means[0] * means[1] * 2 + _STEADY[0]) * (shared * 2 + _STEADY[1])
    below = (squares[0] + squares[1] + _STEADY[0]) * (variances[0] + variances[1] + _STEADY[1])
    return float((above / below).avg())


def _local(image: pyvips.Image) -> pyvips.Image:
    return image.gaussblur(1.5, precision="float")
