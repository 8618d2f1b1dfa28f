"""What is asked of the sandbox and what comes back; every one of these crosses a process border as MessagePack."""

from __future__ import annotations

from typing import Any

import msgspec

from mediaworks.processing.image.operations import AnyStep
from mediaworks.processing.image.outputs import AnyOutput
from mediaworks.processing.palette import Swatch
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


def master_name(least: int) -> str:
    """The name of the master whose longer side is to have at least so many pixels."""
    return f"master-{least}"


class UnderstandRequest(msgspec.Struct, frozen=True):
    """`masters`: for each the least length in pixels of the longer side (see `image/master.py`)."""

    mime: str
    max_pixels: int
    sizes: tuple[ThumbnailSize, ...]
    masters: tuple[int, ...] = ()


class Thumbnail(msgspec.Struct, frozen=True):
    """An encoded picture without any metadata, sRGB, upright."""

    name: str
    width: int
    height: int
    mime: str
    data: bytes


class Histogram(msgspec.Struct, frozen=True):
    """How many pixels of a sample have each of the 256 levels."""

    red: tuple[int, ...]
    green: tuple[int, ...]
    blue: tuple[int, ...]
    luminance: tuple[int, ...]


class Appearance(msgspec.Struct, frozen=True):
    """What the pixels show. `colours`: at most 16, the commonest first; `sharpness`: see `image/sharpness.py`;
    `fingerprints`: the perceptual hash and those of the mirrored and turned views, none of a plain area."""

    colours: tuple[Swatch, ...]
    histogram: Histogram
    sharpness: float
    fingerprints: tuple[str, ...]


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
    masters: tuple[Thumbnail, ...] = ()
    appearance: Appearance | None = None
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0


class Rendition(msgspec.Struct, frozen=True):
    """One of several pictures made in one go: what is done for it alone, and how it is written; `hashed`: whether its
    BlurHash and ThumbHash are wanted."""

    output: AnyOutput
    operations: tuple[AnyStep, ...] = ()
    hashed: bool = False


class RenderRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`operations` are done once, to what was decoded; then each rendition's own. `assets`: names of the pictures whose
    files come along, in their order; `faces`: left, top, width, height in pixels of the original, upright. `size`: that of
    the original, upright, when the file is a smaller copy of it that is large enough (`size_needed`). Limits: pixels of what
    is read and of what is made, counting all frames; frames; and steps, counting those of all renditions."""

    mime: str
    renditions: tuple[Rendition, ...]
    operations: tuple[AnyStep, ...] = ()
    assets: tuple[str, ...] = ()
    faces: tuple[tuple[int, int, int, int], ...] = ()
    size: tuple[int, int] | None = None
    max_pixels: int
    max_output_pixels: int
    max_frames: int
    max_operations: int


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that was written, and where it stands in the file of results; `quality` of formats that have it, `score` (SSIMULACRA 2) where `quality: auto` measured it."""

    width: int
    height: int
    mime: str
    extension: str
    offset: int
    size_bytes: int
    frames: int = 1
    quality: int | None = None
    score: float | None = None
    blurhash: str | None = None
    thumbhash: str | None = None


class Rendering(msgspec.Struct, frozen=True):
    """What came of a request, in its order; `seconds`: how long it took."""

    renditions: tuple[Rendered, ...]
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
