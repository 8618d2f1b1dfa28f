"""All that is known of a file, in the shape that does not depend on where it was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from uuid import UUID

import msgspec

from mediaworks.media.info.audio import AudioView, audio_view
from mediaworks.media.model import Media, Processing
from mediaworks.media.similar.model import APPEARANCE
from mediaworks.processing import Appearance, Histogram, Kind, merged_swatches

SHARP, SOFT = 200.0, 50.0
"""From which variance of the Laplacian on a picture is called so, at 512 pixels of the longer side. Four photographs have 440
to 2340; blurred by a Gaussian of half a pixel at that size 180 to 530, of one pixel 30 to 100, of two 6 to 25."""


class ColourView(TypedDict):
    """#rrggbb, and how much of the visible picture it stands for, 0 to 1."""

    color: str
    share: float


class HistogramView(TypedDict):
    """Of `pixels` pixels of a smaller copy, how many lie in each of `bins` equal ranges of levels."""

    bins: int
    pixels: int
    red: list[int]
    green: list[int]
    blue: list[int]
    luminance: list[int]


class SharpnessView(TypedDict):
    """The variance of the Laplacian in squared grey levels, at 512 pixels of the longer side, and a word for it:
    `blurred` below 50, `soft` below 200, else `sharp`."""

    value: float
    word: str


class InfoView(TypedDict):
    """Null is what the file does not have, or what is not known (yet: see `processing_status`). Sizes in pixels and bytes, times
    in seconds, places in degrees. `frames`: 1 of what does not move; `phash`: 64 bits, hexadecimal."""

    id: UUID
    kind: Kind
    mime_type: str
    size_bytes: int
    sha256: str
    processing_status: Processing
    width: int | None
    height: int | None
    duration: float | None
    format: str | None
    color_space: str | None
    bit_depth: int | None
    has_alpha: bool | None
    icc_profile: str | None
    orientation: int | None
    pages: int | None
    animated: bool
    frames: int | None
    animation_seconds: float | None
    exif: dict[str, Any] | None
    iptc: dict[str, Any] | None
    xmp: str | None
    gps: dict[str, float] | None
    dominant_color: str | None
    palette: list[ColourView] | None
    histogram: HistogramView | None
    sharpness: SharpnessView | None
    blurhash: str | None
    thumbhash: str | None
    phash: str | None
    faces: list[dict[str, Any]] | None
    audio: AudioView | None
    chapters: list[dict[str, Any]] | None


def info_view(media: Media, facts: Mapping[str, Any], *, colours: int, bins: int) -> InfoView:
    seen = msgspec.convert(facts[APPEARANCE], Appearance) if facts.get(APPEARANCE) else None
    lasts = facts.get("animation_ms")
    pages = facts.get("pages")
    return {
        "id": media.id,
        "kind": media.kind,
        "mime_type": media.mime_type,
        "size_bytes": media.size_bytes,
        "sha256": media.sha256,
        "processing_status": media.processing_status,
        "width": media.width,
        "height": media.height,
        "duration": media.duration,
        "format": facts.get("format"),
        "color_space": facts.get("color_space"),
        "bit_depth": facts.get("bit_depth"),
        "has_alpha": facts.get("has_alpha"),
        "icc_profile": facts.get("icc_profile"),
        "orientation": facts.get("orientation"),
        "pages": pages,
        "animated": lasts is not None,
        "frames": pages if lasts is not None else pages and 1,
        "animation_seconds": None if lasts is None else lasts / 1000,
        "exif": facts.get("exif"),
        "iptc": facts.get("iptc"),
        "xmp": facts.get("xmp"),
        "gps": facts.get("gps"),
        "dominant_color": media.dominant_color,
        "palette": _palette(seen, colours) if seen else None,
        "histogram": histogram_view(seen.histogram, bins) if seen else None,
        "sharpness": _sharpness(seen.sharpness) if seen else None,
        "blurhash": media.blurhash,
        "thumbhash": media.thumbhash,
        "phash": seen.fingerprints[0] if seen and seen.fingerprints else None,
        "faces": facts.get("faces"),
        "audio": audio_view(facts),
        "chapters": facts.get("chapters"),
    }


def histogram_view(histogram: Histogram, bins: int) -> HistogramView:
    """Level l of 256 lies in bin l × bins ÷ 256, rounded down."""
    return {
        "bins": bins,
        "pixels": sum(histogram.luminance),
        "red": _gathered(histogram.red, bins),
        "green": _gathered(histogram.green, bins),
        "blue": _gathered(histogram.blue, bins),
        "luminance": _gathered(histogram.luminance, bins),
    }


def _gathered(levels: Sequence[int], bins: int) -> list[int]:
    gathered = [0] * bins
    for level, count in enumerate(levels):
        gathered[level * bins // len(levels)] += count
    return gathered


def _palette(seen: Appearance, colours: int) -> list[ColourView]:
    return [{"color": one.hex, "share": round(one.share, 4)} for one in merged_swatches(seen.colours, colours)]


def _sharpness(value: float) -> SharpnessView:
    word = "sharp" if value >= SHARP else "soft" if value >= SOFT else "blurred"
    return {"value": value, "word": word}
