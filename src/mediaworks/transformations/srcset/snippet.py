"""HTML of a picture that the browser chooses from (HTML Living Standard, section 4.8.1)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

import msgspec


class Picture(msgspec.Struct, frozen=True):
    """An address of a picture, and its size in pixels."""

    url: str
    width: int
    height: int


def srcset_of(pictures: Iterable[Picture]) -> str:
    """The value of an attribute `srcset`, before it is escaped."""
    return ", ".join(f"{picture.url} {picture.width}w" for picture in pictures)


def picture_element(
    sources: Sequence[tuple[str, Sequence[Picture]]], *, alt: str, sizes: str, background: str | None
) -> str:
    """`sources`: types and their pictures by width, the best type first, and last the one that all browsers know.

    Width and height keep the place free until the picture is there; until then it shows `background`.
    """
    *better, (_, fallback) = sources
    largest = fallback[-1]
    lines = [f"  <source{_attributes(type=mime, srcset=srcset_of(found), sizes=sizes)}>" for mime, found in better]
    image = _attributes(
        src=largest.url, srcset=srcset_of(fallback), sizes=sizes, width=largest.width, height=largest.height, alt=alt,
        loading="lazy", decoding="async", style=background and f"background-color:{background}",
    )  # fmt: skip
    return "\n".join(["<picture>", *lines, f"  <img{image}>", "</picture>"])


def average_colour(thumbhash: str | None) -> str | None:
    """`#rrggbb` of what a ThumbHash tells of a picture that covers its place; None where something shines through.

    The header's fields are those of the reference implementation (github.com/evanw/thumbhash).
    """
    if thumbhash is None:
        return None
    data = base64.b64decode(thumbhash + "==")
    header = int.from_bytes(data[:3], "little")
    if header >> 23:
        return None
    light, yellow, red = (header & 63) / 63, (header >> 6 & 63) / 31.5 - 1, (header >> 12 & 63) / 31.5 - 1
    blue = light - 2 / 3 * yellow
    reddish = (3 * light - blue + red) / 2
    return "#" + "".join(f"{round(255 * min(1, max(0, level))):02x}" for level in (reddish, reddish - red, blue))


def _attributes(**values: str | int | None) -> str:
    return "".join(f' {name}="{escape(str(value))}"' for name, value in values.items() if value is not None)
