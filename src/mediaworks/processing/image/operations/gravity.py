"""Where something goes when there is more room, or less, than it needs."""

from __future__ import annotations

from enum import StrEnum


class Gravity(StrEnum):
    """A side or corner; `attention` and `entropy` look at the picture, `face` at the faces in it."""

    CENTER = "center"
    NORTH = "north"
    SOUTH = "south"
    EAST = "east"
    WEST = "west"
    NORTH_EAST = "north_east"
    NORTH_WEST = "north_west"
    SOUTH_EAST = "south_east"
    SOUTH_WEST = "south_west"
    ATTENTION = "attention"
    ENTROPY = "entropy"
    FACE = "face"


SHARES = {
    Gravity.CENTER: (0.5, 0.5),
    Gravity.NORTH: (0.5, 0.0),
    Gravity.SOUTH: (0.5, 1.0),
    Gravity.EAST: (1.0, 0.5),
    Gravity.WEST: (0.0, 0.5),
    Gravity.NORTH_EAST: (1.0, 0.0),
    Gravity.NORTH_WEST: (0.0, 0.0),
    Gravity.SOUTH_EAST: (1.0, 1.0),
    Gravity.SOUTH_WEST: (0.0, 1.0),
}
"""Of the room that is left, the share that lies left of and above what is placed."""


def placed(gravity: Gravity, room_x: int, room_y: int) -> tuple[int, int]:
    """Left and top of something that has so much room around it; what looks at pictures counts as the centre."""
    share_x, share_y = SHARES.get(gravity, (0.5, 0.5))
    return round(room_x * share_x), round(room_y * share_y)
