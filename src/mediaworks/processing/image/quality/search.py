"""Which quality is just good enough, in few tries."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

TRIES = 6
TOLERANCE = 0.5  # of a score: nobody sees it, and another try costs as much as this one
SLOPE = 0.6  # points of score that a step of quality is worth, near where photos end up
LOWEST, HIGHEST = 30, 98  # below, what the measure misses shows


class Found(NamedTuple):
    quality: int
    score: float


def lowest_quality(score: Callable[[int], float], target: float, start: int) -> Found:
    """The lowest quality tried whose score reaches `target`, or the highest quality there is when none does.

    `score` rises with quality, but for small dents; it is asked at most six times, first at `start`.
    """
    below, above = Found(LOWEST - 1, float("-inf")), Found(HIGHEST + 1, float("inf"))
    quality = start
    for number in range(1, TRIES + 1):
        tried = Found(quality, score(quality))
        if tried.score >= target:
            above = tried
        else:
            below = tried
        if _enough(below, above, target):
            break
        quality = _next(below, above, tried, target)
        if number == TRIES - 1 and above.quality > HIGHEST:
            quality = HIGHEST  # the last try is to reach the target
    return above if above.quality <= HIGHEST else below


def _enough(below: Found, above: Found, target: float) -> bool:
    return above.quality - below.quality <= 1 or above.score - target <= TOLERANCE


def _next(below: Found, above: Found, tried: Found, target: float) -> int:
    """Between two that are known by a straight line, else by the usual slope; always strictly between both."""
    if below.quality < LOWEST or above.quality > HIGHEST:
        guess = tried.quality + (target + TOLERANCE / 2 - tried.score) / SLOPE
    else:
        share = (target + TOLERANCE / 2 - below.score) / (above.score - below.score)
        guess = below.quality + share * (above.quality - below.quality)
    return int(min(max(round(guess), below.quality + 1), above.quality - 1))
