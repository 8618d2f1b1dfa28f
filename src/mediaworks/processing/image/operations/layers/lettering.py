"""Letters as a picture, and what grows around them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.canvas import lettered, plain
from mediaworks.processing.image.operations.colours import rgba

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

TWO, ONE = ((5, 3), (3, 5)), ((3, 1), (1, 3))


def coloured(text: str, colour: str, **options: object) -> Image:
    """Plain text in one colour, as sRGB with alpha; pictographs keep their own colours."""
    red, green, blue, alpha = rgba(colour)
    ink = f"#{red:02x}{green:02x}{blue:02x}"
    letters = lettered(f'<span foreground="{ink}">{escape(text)}</span>', **options)
    return letters if alpha == 255 else (letters * [1, 1, 1, alpha / 255]).cast("uchar").copy(interpretation="srgb")


def inked(shape: Image, colour: str) -> Image:
    """A shape of one band (255: there) in one colour."""
    red, green, blue, alpha = rgba(colour)
    ink = plain(shape.width, shape.height, (red, green, blue))
    return ink.bandjoin((shape * (alpha / 255)).cast("uchar")).copy(interpretation="srgb")


def grown(shape: Image, by: int) -> Image:
    """A shape that is thicker by so many pixels on every side: small round brushes passed over it, two pixels a time."""
    for brush in (TWO,) * (by // 2) + (ONE,) * (by % 2):
        wide, high = (shape.rank(*window, window[0] * window[1] - 1) for window in brush)
        shape = wide.maxpair(high).copy_memory()
    return shape
