"""Colours as people write them."""

from __future__ import annotations

NAMES = {
    "transparent": (0, 0, 0, 0), "black": (0, 0, 0, 255), "white": (255, 255, 255, 255), "red": (255, 0, 0, 255),
    "green": (0, 128, 0, 255), "lime": (0, 255, 0, 255), "blue": (0, 0, 255, 255), "yellow": (255, 255, 0, 255),
    "orange": (255, 165, 0, 255), "purple": (128, 0, 128, 255), "pink": (255, 192, 203, 255),
    "gray": (128, 128, 128, 255), "grey": (128, 128, 128, 255), "silver": (192, 192, 192, 255),
    "cyan": (0, 255, 255, 255), "magenta": (255, 0, 255, 255), "brown": (165, 42, 42, 255),
    "navy": (0, 0, 128, 255), "teal": (0, 128, 128, 255), "olive": (128, 128, 0, 255), "maroon": (128, 0, 0, 255),
}  # fmt: skip

Rgba = tuple[int, int, int, int]


def rgba(text: str) -> Rgba:
    """Red, green, blue and alpha, 0 to 255, of what the type Colour lets through."""
    if text in NAMES:
        return NAMES[text]
    digits = text.removeprefix("#")
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[place : place + 2], 16) for place in range(0, len(digits), 2)]
    return parts[0], parts[1], parts[2], parts[3] if len(parts) == 4 else 255
