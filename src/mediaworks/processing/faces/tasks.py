"""What the child for faces can do. Only children import this module: it loads the decoders and the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from mediaworks.errors import Unprocessable, UnsupportedType
from mediaworks.processing import tasks as decoders  # loads what they load late: BMP comes through ffmpeg
from mediaworks.processing.faces import looking
from mediaworks.processing.faces.model import FacesFound, FindFacesRequest
from mediaworks.processing.image import bitmap, reading, vips
from mediaworks.processing.types import BMP, Kind

LONGEST_SIDE = 1024
"""In pixels, of what is looked at."""


def find_faces(descriptor: int, raw: msgspec.Raw) -> FacesFound:
    """Of a moving picture those in its first frame. Raises UnsupportedType, TooManyPixels, Unprocessable."""
    request = msgspec.msgpack.decode(raw, type=FindFacesRequest)
    if decoders.KINDS.get(request.mime) is not Kind.IMAGE:
        raise UnsupportedType(f"{request.mime} is no picture that faces can be found in")
    width, height, image = _small(descriptor, request)
    flat = image.flatten(background=255) if image.hasalpha() else image
    return FacesFound(width, height, looking.faces(flat, width, height))


def _small(descriptor: int, request: FindFacesRequest) -> tuple[int, int, vips.Image]:
    """The width and height of the upright picture, and the picture in no more than LONGEST_SIDE."""
    if request.mime == BMP.mime:
        _, image = bitmap.read(descriptor, request.max_pixels)
        return image.width, image.height, image.thumbnail_image(LONGEST_SIDE, height=LONGEST_SIDE, size="down")
    facts = reading.facts_of(reading.header_of(descriptor, request.max_pixels))
    width, height = facts.width or 1, facts.height or 1
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    try:
        return width, height, reading.shrunk(descriptor, size, fail_on="none")
    except vips.Error as error:
        raise Unprocessable(f"The picture cannot be decoded: {reading.first_line(error)}") from error


def libraries() -> dict[str, str]:
    return {**decoders.libraries(), "mediapipe": looking.VERSION}


TASKS: dict[str, Callable[..., Any]] = {"find_faces": find_faces}
