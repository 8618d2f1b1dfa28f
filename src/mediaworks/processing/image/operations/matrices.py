"""Colour matrices of CSS filters (Filter Effects Module Level 1, section 11.3), rows give red, green, blue."""

from __future__ import annotations

import math

Matrix = list[list[float]]

LUMINANCE = (0.2126, 0.7152, 0.0722)


def saturation(amount: float) -> Matrix:
    """1 leaves colours as they are, 0 leaves none."""
    red, green, blue = 0.213, 0.715, 0.072
    rest = 1 - amount
    return [
        [red * rest + amount, green * rest, blue * rest],
        [red * rest, green * rest + amount, blue * rest],
        [red * rest, green * rest, blue * rest + amount],
    ]


def grayscale(amount: float) -> Matrix:
    """1 leaves no colours."""
    red, green, blue = LUMINANCE
    rest = 1 - amount
    return [
        [red + (1 - red) * rest, green - green * rest, blue - blue * rest],
        [red - red * rest, green + (1 - green) * rest, blue - blue * rest],
        [red - red * rest, green - green * rest, blue + (1 - blue) * rest],
    ]


def sepia(amount: float) -> Matrix:
    """1 leaves nothing but brown."""
    rest = 1 - amount
    return [
        [0.393 + 0.607 * rest, 0.769 - 0.769 * rest, 0.189 - 0.189 * rest],
        [0.349 - 0.349 * rest, 0.686 + 0.314 * rest, 0.168 - 0.168 * rest],
        [0.272 - 0.272 * rest, 0.534 - 0.534 * rest, 0.131 + 0.869 * rest],
    ]


def hue(degrees: float) -> Matrix:
    """Round the wheel by so many degrees."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [
        [0.213 + cos * 0.787 - sin * 0.213, 0.715 - cos * 0.715 - sin * 0.715, 0.072 - cos * 0.072 + sin * 0.928],
        [0.213 - cos * 0.213 + sin * 0.143, 0.715 + cos * 0.285 + sin * 0.140, 0.072 - cos * 0.072 - sin * 0.283],
        [0.213 - cos * 0.213 - sin * 0.787, 0.715 - cos * 0.715 + sin * 0.715, 0.072 + cos * 0.928 + sin * 0.072],
    ]
