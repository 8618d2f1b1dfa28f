"""A decoded frame as a picture."""

from __future__ import annotations

import av

from mediaworks.processing.image import vips

LONGEST = 2048


def as_image(frame: av.VideoFrame, aspect: float = 1.0) -> vips.Image:
    """The frame upright in 8-bit sRGB; `aspect` is the width of a pixel by its height. At most 2048 pixels a side."""
    width, height = frame.width * max(aspect, 1.0), frame.height / min(aspect, 1.0)
    scale = min(1.0, LONGEST / max(width, height))
    rgba = frame.reformat(width=max(1, round(width * scale)), height=max(1, round(height * scale)), format="rgba")
    plane = rgba.planes[0]
    whole = vips.Image.new_from_memory(bytes(plane), plane.line_size // 4, rgba.height, 4, "uchar")
    shown = whole.crop(0, 0, rgba.width, rgba.height).copy(interpretation="srgb")
    if not _has_alpha(frame):
        shown = shown.extract_band(0, n=3).copy(interpretation="srgb")
    return _upright(shown, frame.rotation).copy_memory()


def quarter_turned(frame: av.VideoFrame) -> bool:
    """Whether showing the frame swaps width and height."""
    return round(frame.rotation / 90) % 2 == 1


def _upright(image: vips.Image, counterclockwise: int) -> vips.Image:
    match round(-counterclockwise / 90) % 4:
        case 1:
            return image.rot90()
        case 2:
            return image.rot180()
        case 3:
            return image.rot270()
        case _:
            return image


def _has_alpha(frame: av.VideoFrame) -> bool:
    return any(component.is_alpha for component in frame.format.components)
