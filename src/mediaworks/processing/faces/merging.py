"""Several sightings of the same face become one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

SAME = 0.5
"""From which share of the smaller box on two boxes are of the same face: a tile's edge may have cut one of them."""


class Box(Protocol):
    @property
    def left(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def width(self) -> float: ...
    @property
    def height(self) -> float: ...
    @property
    def score(self) -> float: ...


B = TypeVar("B", bound=Box)


def merged(boxes: Iterable[B]) -> list[B]:
    """Of boxes that cover each other only the surest (non-maximum suppression), the surest first."""
    kept: list[B] = []
    for box in sorted(boxes, key=lambda box: -box.score):
        if all(shared(box, other) < SAME for other in kept):
            kept.append(box)
    return kept


def shared(one: Box, other: Box) -> float:
    """The area that both boxes cover, as a share of the smaller one's."""
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(0.0, across) * max(0.0, down) / smaller if smaller > 0 else 0.0
