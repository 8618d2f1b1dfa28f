"""A decoded frame as a picture."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import av
from av.video.reformatter import ColorPrimaries, Colorspace, ColorTrc, VideoReformatter

from mediaworks.processing.image import vips
from mediaworks.processing.video.tones import TRANSFERS, standard

LONGEST = 2048
Matrix = tuple[int, int, int, int]
UPRIGHT: Matrix = (1, 0, 0, 1)
_ROTATIONS: tuple[Matrix, ...] = (UPRIGHT, (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0))  # clockwise


def as_image(frame: av.VideoFrame, aspect: float = 1.0) -> vips.Image:
    """The frame upright in 8-bit sRGB; `aspect` is the width of a pixel by its height. At most 2048 pixels a side."""
    width, height = frame.width * max(aspect, 1.0), frame.height / min(aspect, 1.0)
    scale = min(1.0, LONGEST / max(width, height))
    size = {"width": max(1, round(width * scale)), "height": max(1, round(height * scale))}
    shown = _toned(frame, size) if int(frame.color_trc) in TRANSFERS else _plain(frame, size)
    return _upright(shown, matrix_of(frame)).copy_memory()


def _toned(frame: av.VideoFrame, size: Mapping[str, int]) -> vips.Image:
    """High dynamic range as standard."""
    rgb = VideoReformatter().reformat(frame, format="rgb48le", src_colorspace=Colorspace.BT2020, **size)
    return standard(_pixels(rgb, 6, "ushort"), int(frame.color_trc))


def _plain(frame: av.VideoFrame, size: Mapping[str, int]) -> vips.Image:
    rgba = VideoReformatter().reformat(frame, format="rgba", **size, **_to_srgb(frame))
    shown = _pixels(rgba, 4, "uchar").copy(interpretation="srgb")
    return shown if _has_alpha(frame) else shown.extract_band(0, n=3).copy(interpretation="srgb")


def _pixels(frame: av.VideoFrame, size: int, form: str) -> vips.Image:
    """Of a frame in one plane; `size`: of a pixel, in bytes."""
    plane = frame.planes[0]
    bands = size // (2 if form == "ushort" else 1)
    whole = vips.Image.new_from_memory(bytes(plane), plane.line_size // size, frame.height, bands, form)
    return whole.crop(0, 0, frame.width, frame.height)


def matrix_of(frame: av.VideoFrame) -> Matrix:
    """The display matrix (a b; c d): a stored point (x, y) is shown at (ax + cy, bx + dy), y growing downwards."""
    try:
        data: Any = frame.side_data.get("DISPLAYMATRIX")
    except ValueError:  # side data of a type that PyAV does not know yet, such as EXIF
        return _ROTATIONS[round(-frame.rotation / 90) % 4]
    if data is None or data.buffer_size < 36:
        return _ROTATIONS[0]
    a, b, _, c, d, *_ = struct.unpack("=9i", bytes(data)[:36])
    return (_sign(a, b), _sign(b, a), _sign(c, d), _sign(d, c))


def quarter_turned(frame: av.VideoFrame) -> bool:
    """Whether showing the frame swaps width and height."""
    return matrix_of(frame)[0] == 0


def turn_of(matrix: Matrix) -> tuple[int, bool]:
    """Degrees clockwise, and whether the turned picture is then mirrored left to right."""
    a, b, c, d = matrix
    mirrored = a * d < b * c
    return {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}.get((-a if mirrored else a, b), 0), mirrored


def _sign(value: int, other: int) -> int:
    """-1, 0 or 1: a matrix that is no quarter turn counts as the nearest one."""
    return 0 if abs(value) < abs(other) or value == 0 else 1 if value > 0 else -1


def _upright(image: vips.Image, matrix: Matrix) -> vips.Image:
    degrees, mirrored = turn_of(matrix)
    turned = image.rot(f"d{degrees}") if degrees else image
    return turned.fliphor() if mirrored else turned


def _to_srgb(frame: av.VideoFrame) -> dict[str, Any]:
    """What makes swscale convert wide colours; plain video needs nothing."""
    if frame.color_primaries != ColorPrimaries.BT2020:
        return {}
    return {"dst_color_trc": ColorTrc.IEC61966_2_1, "dst_color_primaries": ColorPrimaries.BT709}


def _has_alpha(frame: av.VideoFrame) -> bool:
    return any(component.is_alpha for component in frame.format.components)
