"""What a recording's headers tell, as JSON: container, streams, tags, chapters."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import av
import msgspec

from mediaworks.processing.bounds import bounded
from mediaworks.processing.video.chapters import chapters_of

TAGS = 64
TAG_BYTES = 8192
TAGGED_STREAMS = 4
VALUE_LENGTH = 1000
_TRANSFER_HDR = {16: "hdr10", 18: "hlg"}  # ITU-T H.273 table 3: SMPTE ST 2084 and ARIB STD-B67


def of(container: av.container.InputContainer) -> dict[str, Any]:
    """`container`, `duration`, `bit_rate`, `streams`, `tags`, `chapters`."""
    found = {
        "container": container.format.name,
        "duration": duration_of(container),
        "bit_rate": container.bit_rate or None,
        "streams": [_stream(stream) for stream in container.streams],
        "tags": _tags(container.metadata),
        "chapters": msgspec.to_builtins(chapters_of(container)),
    }
    return bounded(found, ("tags", "chapters", "streams"))


def duration_of(container: av.container.InputContainer) -> float | None:
    """Seconds, by the container or else by its longest stream."""
    if container.duration:
        return round(container.duration / av.time_base, 6)
    lengths = [float(s.duration * s.time_base) for s in container.streams if s.duration and s.time_base]
    return round(max(lengths), 6) if lengths else None


def rate_of(stream: av.VideoStream) -> float | None:
    rate = stream.guessed_rate or stream.average_rate
    return round(float(rate), 6) if rate else None


def hdr_of(stream: av.VideoStream) -> str:
    """hdr10, hlg or sdr, by the transfer function."""
    return _TRANSFER_HDR.get(int(stream.codec_context.color_trc or 0), "sdr")


def aspect_of(stream: av.VideoStream) -> float:
    """The width of a pixel by its height; odd claims count as square."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return ratio if 0.1 < ratio < 10 else 1.0


def _stream(stream: Any) -> dict[str, Any]:
    codec = stream.codec_context
    shown: dict[str, Any] = {
        "index": stream.index,
        "type": stream.type,
        "codec": codec.codec.canonical_name if codec else None,
        "profile": stream.profile if codec else None,
        "bit_rate": (codec.bit_rate if codec else None) or None,
        "duration": float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None,
        "language": stream.language,
        "tags": _tags(stream.metadata) if stream.index < TAGGED_STREAMS else None,
    }
    if codec and isinstance(stream, av.VideoStream):
        shown |= _video(stream)
    if codec and isinstance(stream, av.AudioStream):
        shown |= {
            "sample_rate": stream.sample_rate,
            "channels": stream.channels,
            "layout": stream.layout.name,
            "sample_format": stream.format.name if stream.format else None,
        }
    return {name: value for name, value in shown.items() if value not in (None, {})}


def _video(stream: av.VideoStream) -> dict[str, Any]:
    codec = stream.codec_context
    return {
        "width": stream.width,
        "height": stream.height,
        "pixel_format": codec.pix_fmt,
        "sample_aspect_ratio": _ratio(stream.sample_aspect_ratio),
        "frame_rate": _ratio(stream.guessed_rate),
        "average_frame_rate": _ratio(stream.average_rate),
        "hdr": hdr_of(stream),
        "color_primaries": int(codec.color_primaries or 2),
        "color_transfer": int(codec.color_trc or 2),
        "attached_picture": True if stream.disposition & av.stream.Disposition.attached_pic else None,
    }


def _ratio(value: Fraction | None) -> str | None:
    return f"{value.numerator}/{value.denominator}" if value else None


def _tags(metadata: Mapping[str, str]) -> dict[str, str]:
    """The first tags, as many as fit into TAG_BYTES."""
    kept: dict[str, str] = {}
    room = TAG_BYTES
    for name, value in list(metadata.items())[:TAGS]:
        name, value = name[:100].replace("\x00", ""), value[:VALUE_LENGTH].replace("\x00", "")
        room -= len(name.encode()) + len(value.encode())
        if room < 0:
            break
        kept[name] = value
    return kept
