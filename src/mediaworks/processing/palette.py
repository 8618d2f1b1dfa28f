"""Colours and their shares, in Oklab (B. Ottosson, "A perceptual color space for image processing", 2020)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple

REACH = 0.06
SHIFTS = 10
Lab = tuple[float, float, float]
_TO_CONES = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_TO_RGB = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


class Swatch(NamedTuple):
    """A colour in Oklab, and its share of a picture, 0 to 1."""

    colour: Lab
    share: float

    @property
    def hex(self) -> str:
        """#rrggbb, cut to what sRGB has."""
        cones = [sum(f * c for f, c in zip(row, self.colour, strict=True)) ** 3 for row in _TO_CONES]
        linear = (sum(f * c for f, c in zip(row, cones, strict=True)) for row in _TO_RGB)
        return "#" + "".join(f"{round(255 * _curved(min(1.0, max(0.0, level)))):02x}" for level in linear)


def merged(swatches: Iterable[Swatch], colours: int) -> list[Swatch]:
    """At most so many, the commonest first: again and again the two become one whose union spreads least (Ward 1963)."""
    left = list(swatches)
    while len(left) > colours:
        pairs = [(one, other) for one in range(len(left)) for other in range(one)]
        one, other = min(pairs, key=lambda pair: _cost(left[pair[0]], left[pair[1]]))
        left.append(_union(left.pop(one), left.pop(other)))
    return sorted(left, key=lambda swatch: -swatch.share)


def dominant(swatches: Sequence[Swatch]) -> Swatch | None:
    """The colour around which most of the picture lies, by mean shift from where the swatches are densest; None of none.

    Unlike the commonest swatch it hardly moves when nearly the same picture is cut into other swatches.
    """
    if not swatches:
        return None
    densest = max(swatches, key=lambda one: sum(_weight(one.colour, other) for other in swatches))
    for _ in range(SHIFTS):
        densest = _shifted(densest.colour, swatches)
    return densest


def _shifted(colour: Lab, swatches: Sequence[Swatch]) -> Swatch:
    near = [Swatch(swatch.colour, _weight(colour, swatch)) for swatch in swatches]
    return reduce(_union, near)


def _weight(colour: Lab, swatch: Swatch) -> float:
    return swatch.share * math.exp(-squared_distance(colour, swatch.colour) / (2 * REACH * REACH))


def mean_of(points: Sequence[Lab]) -> Lab:
    """To four digits: an eighth of a level of eight bits."""
    lightness, green_red, blue_yellow = (round(sum(axis) / len(points), 4) for axis in zip(*points, strict=True))
    return lightness, green_red, blue_yellow


def squared_distance(one: Lab, other: Lab) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2


def _cost(one: Swatch, other: Swatch) -> float:
    return one.share * other.share / (one.share + other.share) * squared_distance(one.colour, other.colour)


def _union(one: Swatch, other: Swatch) -> Swatch:
    share = one.share + other.share
    first, second, third = (
        (a * one.share + b * other.share) / share for a, b in zip(one.colour, other.colour, strict=True)
    )
    return Swatch((first, second, third), share)


def _curved(level: float) -> float:
    """The transfer function of sRGB (IEC 61966-2-1)."""
    return 12.92 * level if level <= 0.0031308 else 1.055 * level ** (1 / 2.4) - 0.055
