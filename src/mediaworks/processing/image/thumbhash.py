"""ThumbHash: a picture's proportions, colours and transparency in some 25 bytes (github.com/evanw/thumbhash).

A discrete cosine transform of luminance, two colour differences and alpha; each channel's coefficients are kept with
four bits, scaled by the channel's largest.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass

LONGEST = 100


@dataclass(frozen=True, slots=True)
class _Channel:
    constant: float
    waves: list[float]
    scale: float

    def nibbles(self) -> list[int]:
        return [_rounded(15 * wave) for wave in self.waves]


def thumbhash_of(width: int, height: int, rgba: bytes) -> str:
    """The ThumbHash, in base64, of `width` × `height` (at most 100) pixels of eight-bit RGBA."""
    if not 1 <= max(width, height) <= LONGEST:
        raise ValueError(f"{width}×{height} does not fit into {LONGEST}×{LONGEST}")
    alphas = [value / 255 for value in rgba[3::4]]
    has_alpha = sum(alphas) < width * height
    bands = _on_average(rgba, alphas)
    limit = 5 if has_alpha else 7
    across = max(1, _rounded(limit * width / max(width, height)))
    down = max(1, _rounded(limit * height / max(width, height)))
    lightness = [(r + g + b) / 3 for r, g, b in bands]
    light = _transform(lightness, width, height, max(3, across), max(3, down))
    yellow = _transform([(r + g) / 2 - b for r, g, b in bands], width, height, 3, 3)
    red = _transform([r - g for r, g, _ in bands], width, height, 3, 3)
    alpha = _transform(alphas, width, height, 5, 5) if has_alpha else None
    return base64.b64encode(
        _packed(light, yellow, red, alpha, width > height, down if width > height else across)
    ).decode()


def _on_average(rgba: bytes, alphas: list[float]) -> list[tuple[float, float, float]]:
    """Each pixel laid over the average colour of the picture."""
    weight = sum(alphas)
    average = [
        sum(v / 255 * a for v, a in zip(rgba[band::4], alphas, strict=True)) / (weight or 1) for band in range(3)
    ]
    pixels = zip(rgba[0::4], rgba[1::4], rgba[2::4], alphas, strict=True)
    return [
        (
            average[0] * (1 - a) + r / 255 * a,
            average[1] * (1 - a) + g / 255 * a,
            average[2] * (1 - a) + b / 255 * a,
        )
        for r, g, b, a in pixels
    ]


def _transform(values: list[float], width: int, height: int, across: int, down: int) -> _Channel:
    """The low-frequency triangle of the transform, its waves scaled to 0…1."""
    columns = [[math.cos(math.pi / width * cx * (x + 0.5)) for x in range(width)] for cx in range(across)]
    rows = [[math.cos(math.pi / height * cy * (y + 0.5)) for y in range(height)] for cy in range(down)]
    constant, waves = 0.0, []
    for cy in range(down):
        for cx in range(across):
            if cx * down >= across * (down - cy):
                break
            strength = _strength(values, columns[cx], rows[cy])
            if cx or cy:
                waves.append(strength)
            else:
                constant = strength
    scale = max((abs(wave) for wave in waves), default=0.0)
    return _Channel(constant, [0.5 + 0.5 / scale * wave for wave in waves] if scale else waves, scale)


def _strength(values: list[float], column: list[float], row: list[float]) -> float:
    width = len(column)
    total = 0.0
    for y, factor in enumerate(row):
        line = values[y * width : (y + 1) * width]
        total += factor * sum(value * wave for value, wave in zip(line, column, strict=True))
    return total / len(values)


def _packed(
    light: _Channel, yellow: _Channel, red: _Channel, alpha: _Channel | None, is_landscape: bool, short_side: int
) -> bytes:
    first = (
        _rounded(63 * light.constant)
        | _rounded(31.5 + 31.5 * yellow.constant) << 6
        | _rounded(31.5 + 31.5 * red.constant) << 12
        | _rounded(31 * light.scale) << 18
        | (alpha is not None) << 23
    )
    second = short_side | _rounded(63 * yellow.scale) << 3 | _rounded(63 * red.scale) << 9 | is_landscape << 15
    head = first.to_bytes(3, "little") + second.to_bytes(2, "little")
    if alpha is not None:
        head += bytes([_rounded(15 * alpha.constant) | _rounded(15 * alpha.scale) << 4])
    nibbles = light.nibbles() + yellow.nibbles() + red.nibbles() + (alpha.nibbles() if alpha else [])
    pairs = zip(nibbles[0::2], [*nibbles[1::2], *([0] if len(nibbles) % 2 else [])], strict=True)
    return head + bytes(low | high << 4 for low, high in pairs)


def _rounded(value: float) -> int:
    """To the nearest, halves upwards, as the reference does."""
    return math.floor(value + 0.5)
