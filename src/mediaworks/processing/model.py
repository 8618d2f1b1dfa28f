"""What is asked of the sandbox and what comes back; every one of these crosses a process border as MessagePack."""

from __future__ import annotations

from typing import Any

import msgspec

from mediaworks.processing.types import Kind


class ProbeRequest(msgspec.Struct, frozen=True):
    """`max_pixels`: the most that a decoder may be asked to open, width × height × pages shown at once."""

    mime: str
    max_pixels: int


class Facts(msgspec.Struct, frozen=True):
    """What the headers say: pixels as they are to be shown (upright), seconds, frames a second."""

    kind: Kind
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None


class ThumbnailSize(msgspec.Struct, frozen=True):
    """A box in pixels: the picture is fitted into it, or with `crop` cut to fill just that box."""

    name: str
    width: int
    height: int
    crop: bool = False


class UnderstandRequest(msgspec.Struct, frozen=True):
    mime: str
    max_pixels: int
    sizes: tuple[ThumbnailSize, ...]


class Thumbnail(msgspec.Struct, frozen=True):
    """An encoded picture without any metadata, sRGB, upright."""

    name: str
    width: int
    height: int
    mime: str
    data: bytes


class Understanding(msgspec.Struct, frozen=True):
    """All that could be found out. `details` is JSON; `palette` has the commonest colours first, as #rrggbb;
    `seconds`: how long it took."""

    facts: Facts
    details: dict[str, Any] = {}
    palette: tuple[str, ...] = ()
    dominant_color: str | None = None
    blurhash: str | None = None
    thumbhash: str | None = None
    thumbnails: tuple[Thumbnail, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
