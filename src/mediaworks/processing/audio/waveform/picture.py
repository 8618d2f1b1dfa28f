"""A waveform as a picture: as many columns as it is wide, each from the least to the greatest sample that falls there."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from mediaworks.processing.audio.waveform.data import Waveform
from mediaworks.processing.audio.waveform.model import DrawRequest
from mediaworks.processing.image.operations.colours import rgba

LOUDEST = 32_768
Outline = tuple[list[int], list[int]]
"""The upper and the lower edge of every column, in pixels from the top of their band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Sizes in pixels; colours as operations on pictures take them. Each channel has a band of its own."""

    width: int = 1_200
    height: int = 200
    colour: str = "#1f6feb"
    background: str = "transparent"


def outlines(waveform: Waveform, look: Look) -> Iterator[Outline]:
    """Of each channel."""
    height, columns = look.height // waveform.channels, list(waveform.columns())
    places = [_place(column, look.width, waveform.length) for column in range(look.width)]
    for channel in range(waveform.channels):
        least, greatest = columns[2 * channel : 2 * channel + 2]
        upper = [_row(max(greatest[place]), height) for place in places]
        lower = [_row(min(least[place]), height) for place in places]
        yield upper, lower


def request_of(waveform: Waveform, look: Look) -> DrawRequest:
    """What a sandbox child is asked for a PNG."""
    return DrawRequest(
        width=look.width,
        height=look.height,
        outlines=tuple(
            (array("h", upper).tobytes(), array("h", lower).tobytes()) for upper, lower in outlines(waveform, look)
        ),
        colour=rgba(look.colour),
        background=rgba(look.background),
    )


def svg(waveform: Waveform, look: Look) -> bytes:
    """One path for each channel; without a background there is none."""
    height = look.height // waveform.channels
    paths = [_path(outline, number * height) for number, outline in enumerate(outlines(waveform, look))]
    back = _filled(look.background)
    parts = [f'<rect width="100%" height="100%" {back}/>'] if rgba(look.background)[3] else []
    parts += [f'<path d="{path}" {_filled(look.colour)}/>' for path in paths]
    size = f'width="{look.width}" height="{look.height}" viewBox="0 0 {look.width} {look.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>\n'.encode()


def _place(column: int, width: int, length: int) -> slice:
    start = column * length // width
    return slice(start, max(start + 1, (column + 1) * length // width))


def _row(value: int, height: int) -> int:
    return round((LOUDEST - 1 - value) * (height - 1) / (2 * LOUDEST - 1))


def _path(outline: Outline, top: int) -> str:
    upper, lower = outline
    there = " ".join(f"{x},{top + y}" for x, y in enumerate(upper))
    back = " ".join(f"{x},{top + y + 1}" for x, y in reversed(list(enumerate(lower))))
    return f"M{there} {back}Z"


def _filled(colour: str) -> str:
    red, green, blue, alpha = rgba(colour)
    opacity = "" if alpha == 255 else f' fill-opacity="{alpha / 255:.3f}"'
    return f'fill="#{red:02x}{green:02x}{blue:02x}"{opacity}'
