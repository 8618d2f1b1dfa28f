"""What is asked about faces and what comes back; both cross a process border as MessagePack."""

from __future__ import annotations

import msgspec

Point = tuple[int, int]
Area = tuple[int, int, int, int]
MARGIN = 0.15
"""Of a box's sides: the model marks a face from its eyebrows to its chin, what hides it has to cover more."""


class FindFacesRequest(msgspec.Struct, frozen=True):
    """`max_pixels`: the most that a decoder may be asked to open."""

    mime: str
    max_pixels: int


class FacePoints(msgspec.Struct, frozen=True):
    """Where things are, in pixels (x, y); right and left are the person's own. A turned head's ear may lie outside."""

    right_eye: Point
    left_eye: Point
    nose: Point
    mouth: Point
    right_ear: Point
    left_ear: Point


class Face(msgspec.Struct, frozen=True):
    """A box from the eyebrows to the chin, in pixels of the picture upright and at its full size; how sure the model
    is (0 to 1)."""

    x: int
    y: int
    width: int
    height: int
    score: float
    points: FacePoints


class FacesFound(msgspec.Struct, frozen=True):
    """The largest first, and the size in pixels of the upright picture they lie in."""

    width: int
    height: int
    faces: tuple[Face, ...]


def hiding(face: Face, width: int, height: int) -> Area:
    """x, y, width and height of what has to be hidden of this face, within a picture of this size."""
    across, down = round(face.width * MARGIN), round(face.height * MARGIN)
    left, top = max(0, face.x - across), max(0, face.y - down)
    right = min(width, face.x + face.width + across)
    bottom = min(height, face.y + face.height + down)
    return left, top, right - left, bottom - top
