"""Looking a picture over: as a whole for the large faces, in overlapping tiles for the small ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy

from mediaworks.processing.faces.blazeface import BlazeFace, Sighting
from mediaworks.processing.faces.mediapipe_core import VERSION
from mediaworks.processing.faces.merging import merged
from mediaworks.processing.faces.model import Face, FacePoints, Point
from mediaworks.processing.image import vips

TILE = 384
STEP = 256
"""In pixels. A face that fits into the overlap is whole in some tile; larger ones are seen in the whole picture."""
SURE = {"near": 0.7, "far": 0.6}
"""From which score on a sighting counts. The model for near faces takes round things for faces more easily."""

_near, _far = BlazeFace("short_range"), BlazeFace("full_range")


def faces(image: vips.Image, width: int, height: int) -> tuple[Face, ...]:
    """The faces in a picture of three bands of sRGB, the largest first, in pixels of a picture of `width` × `height`."""
    pixels = numpy.ndarray((image.height, image.width, 3), numpy.uint8, bytes(image.write_to_memory()))
    across, down = width / image.width, height / image.height
    found = (_face(seen, across, down, (width, height)) for seen in merged(_sightings(pixels)))
    return tuple(sorted((face for face in found if face.width and face.height), key=lambda face: -face.width))


def _sightings(pixels: Any) -> Iterator[Sighting]:
    yield from (seen for seen in _near.look(pixels) if seen.score >= SURE["near"])
    yield from (seen for seen in _far.look(pixels) if seen.score >= SURE["far"])
    height, width = pixels.shape[:2]
    if max(height, width) <= TILE:
        return
    for top in _begins(height):
        for left in _begins(width):
            tile = numpy.ascontiguousarray(pixels[top : top + TILE, left : left + TILE])
            yield from (seen.moved(left, top) for seen in _far.look(tile) if seen.score >= SURE["far"])


def _begins(length: int) -> list[int]:
    """Where tiles begin along a side."""
    return [0] if length <= TILE else [*range(0, length - TILE, STEP), length - TILE]


def _face(seen: Sighting, across: float, down: float, size: tuple[int, int]) -> Face:
    left, top = _within(seen.left * across, size[0]), _within(seen.top * down, size[1])
    right, bottom = (
        _within((seen.left + seen.width) * across, size[0]),
        _within((seen.top + seen.height) * down, size[1]),
    )
    points: list[Point] = [(round(x * across), round(y * down)) for x, y in seen.points]
    return Face(left, top, right - left, bottom - top, round(seen.score, 3), FacePoints(*points))


def _within(value: float, length: int) -> int:
    return max(0, min(length, round(value)))


def _warm_up() -> None:
    """Load at first use what is loaded at first use: behind the walls no file can be opened any more."""
    blank = numpy.zeros((TILE, TILE, 3), numpy.uint8)
    for model in (_near, _far):
        model.look(blank)


_warm_up()

__all__ = ["VERSION", "faces"]
