"""Which renditions of a video are worth making, by what short encodes of it have shown.

The rule is that of Netflix' per-title encodes (A. Aaron et al., Per-Title Encode Optimization, 2015): points of bit rate and
quality, of which those on the convex hull are kept. Quality is the peak signal-to-noise ratio of the luma, in decibels:

    10 · log10(255² / (D + S))

S is measured: the mean square error that scaling down and up again leaves. D stands for the encoder at its constant quality,
alike on every rung: the noise of a uniform quantiser of step Δ, Δ²/12, with the step of H.264 at QP 23, which is 0.625 at
QP 0 and doubles every six (I. Richardson, The H.264 Advanced Video Compression Standard, 2010, section 7.2).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

STEP = 0.625 * 2 ** (23 / 6)
CODED = STEP**2 / 12
LEAST_GAIN = 0.5
"""Decibels that a larger rung has to add: less is hardly seen."""
LEAST_RATIO = 1.5
"""Of the bit rates of neighbours (Apple TN2224: adjacent ones should be a factor of 1.5 to 2 apart)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """`height` of the shorter side, `size` in pixels, `bits` a second; `loss`: the mean square error of its scaling;
    `reason`: why it is left out."""

    height: int
    size: tuple[int, int]
    bits: int
    loss: float
    reason: str | None = None

    @property
    def quality(self) -> float:
        """In decibels."""
        return 10 * math.log10(255**2 / (CODED + self.loss))


def judged(rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """The largest first; what adds nothing has a reason. At least one has none."""
    found = sorted(rungs, key=lambda rung: rung.height)
    for rule in (_adds_to_the_last, _lies_on_the_hull, _is_far_from_the_next):
        found = rule(found)
    return tuple(reversed(found))


def _adds_to_the_last(rungs: list[Rung]) -> list[Rung]:
    found: list[Rung] = []
    for rung in rungs:
        last = next((one for one in reversed(found) if one.reason is None), None)
        gain = math.inf if last is None else rung.quality - last.quality
        told = f"adds {gain:.1f} dB to {last.height}" if last and gain < LEAST_GAIN else None
        found.append(replace(rung, reason=told))
    return found


def _lies_on_the_hull(rungs: list[Rung]) -> list[Rung]:
    """Without those that lie below the line between their neighbours, whose bits are better spent on these."""
    while (below := _first(rungs, _is_below)) is not None:
        rungs = _without(rungs, below, "lies below the line between its neighbours")
    return rungs


def _is_far_from_the_next(rungs: list[Rung]) -> list[Rung]:
    while (near := _first(rungs, _is_near)) is not None:
        rungs = _without(rungs, near, f"needs more than 1/{LEAST_RATIO} of the bits of the next")
    return rungs


def _first(rungs: list[Rung], test: Callable[[Sequence[Rung], int], bool]) -> Rung | None:
    """From the top down, so that the largest stays."""
    kept = [rung for rung in rungs if rung.reason is None]
    return next((kept[place] for place in range(len(kept) - 2, -1, -1) if test(kept, place)), None)


def _is_below(kept: Sequence[Rung], place: int) -> bool:
    if place == 0:
        return False
    left, here, right = (kept[place + step] for step in (-1, 0, 1))
    whole, part = _octaves(left, right), _octaves(left, here)
    return whole > 0 and here.quality < left.quality + (right.quality - left.quality) * part / whole


def _is_near(kept: Sequence[Rung], place: int) -> bool:
    return kept[place].bits * LEAST_RATIO > kept[place + 1].bits


def _octaves(one: Rung, other: Rung) -> float:
    return math.log2(other.bits / one.bits)


def _without(rungs: list[Rung], one: Rung, reason: str) -> list[Rung]:
    return [replace(rung, reason=reason) if rung is one else rung for rung in rungs]
