"""The best quality whose file is small enough, in few tries."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

TRIES = 7
GROWTH = 0.03  # of a file's logarithm with each step of quality, near where photos end up
LOWEST = 5
CLOSE = 0.97  # of the limit: near enough


class Made(NamedTuple):
    quality: int
    data: bytes


def best_within(encode: Callable[[int], bytes], limit: int, first: Made) -> Made:
    """The highest quality tried of at most `limit` bytes, below `first`, which is too large; the smallest made when none is.

    Files grow with quality but for small dents; `encode` is asked at most eight times.
    """
    above, fitting, smallest = first, Made(LOWEST - 1, b""), first
    for _ in range(TRIES):
        if above.quality - fitting.quality <= 1:
            break
        quality = _next(fitting, above, limit)
        made = Made(quality, encode(quality))
        smallest = min(smallest, made, key=lambda one: len(one.data))
        if len(made.data) > limit:
            above = made
            continue
        fitting = made
        if len(made.data) >= limit * CLOSE:
            break
    return fitting if fitting.data else smallest


def _next(fitting: Made, above: Made, limit: int) -> int:
    """Along a straight line through the logarithms of two sizes, or by the usual growth; between both."""
    excess = math.log(len(above.data) / (limit * (1 + CLOSE) / 2))
    growth = GROWTH
    if fitting.data:
        growth = math.log(len(above.data) / len(fitting.data)) / (above.quality - fitting.quality)
    guess = round(above.quality - excess / max(growth, 1e-3))
    return min(max(guess, fitting.quality + 1), above.quality - 1)
