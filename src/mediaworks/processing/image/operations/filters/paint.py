"""What a filter lays over a picture: plain colours and gradients, as CSS paints them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.canvas import looked_up, places, plain

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Rgba = tuple[float, float, float, float]
"""Red, green and blue from 0 to 255, alpha from 0 to 1."""

STEPS = 1024


@dataclass(frozen=True, slots=True)
class Stop:
    """A colour at a place of a gradient: 0 its beginning, 1 its end (places beyond are allowed)."""

    at: float
    colour: Rgba


@dataclass(frozen=True, slots=True)
class Plain:
    colour: Rgba

    def over(self, width: int, height: int) -> Image:
        red, green, blue, alpha = self.colour
        return plain(width, height, (red, green, blue, alpha * 255))


@dataclass(frozen=True, slots=True)
class Radial:
    """A circle around `centre` (shares of width and height) that ends at the farthest corner (CSS Images 3, 3.2)."""

    stops: tuple[Stop, ...]
    centre: tuple[float, float] = (0.5, 0.5)

    def over(self, width: int, height: int) -> Image:
        x, y = self.centre[0] * width, self.centre[1] * height
        radius = math.hypot(max(x, width - x), max(y, height - y))
        apart = places(width, height) + 0.5 - [x, y]
        return _painted((apart[0] ** 2 + apart[1] ** 2) ** 0.5 / radius, self.stops)


@dataclass(frozen=True, slots=True)
class Linear:
    """From left to right, or with `down` from above to below."""

    stops: tuple[Stop, ...]
    down: bool = False

    def over(self, width: int, height: int) -> Image:
        at = places(width, height) + 0.5
        return _painted(at[1] / height if self.down else at[0] / width, self.stops)


Paint = Plain | Radial | Linear


def _painted(share: Image, stops: tuple[Stop, ...]) -> Image:
    table = [_colour_at(place / (STEPS - 1), stops) for place in range(STEPS)]
    return looked_up((share.clamp() * (STEPS - 1)).rint().cast("ushort"), table)


def _colour_at(place: float, stops: tuple[Stop, ...]) -> Rgba:
    """Between two stops colours mix with their alpha multiplied in (CSS Images 4, 3.5.3). Alpha of 0 to 255."""
    before = max((stop for stop in stops if stop.at <= place), key=lambda stop: stop.at, default=stops[0])
    after = min((stop for stop in stops if stop.at > place), key=lambda stop: stop.at, default=stops[-1])
    way = 0.0 if after.at <= before.at else min(1.0, max(0.0, (place - before.at) / (after.at - before.at)))
    alpha = before.colour[3] * (1 - way) + after.colour[3] * way
    if not alpha:
        return 0.0, 0.0, 0.0, 0.0
    red, green, blue = (
        (before.colour[band] * before.colour[3] * (1 - way) + after.colour[band] * after.colour[3] * way) / alpha
        for band in range(3)
    )
    return red, green, blue, alpha * 255
