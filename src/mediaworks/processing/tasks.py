"""The table of what a sandbox child can do. Only children import this module: it loads the decoders."""

from __future__ import annotations

import codecs
import importlib
import pkgutil
import time
from collections.abc import Callable
from typing import Any

import av
import msgspec
import pyvips

from mediaworks.errors import Unprocessable, UnsupportedType
from mediaworks.processing.audio import cover_tag, hearing
from mediaworks.processing.audio.model import CoverRequest, HearRequest, Sound
from mediaworks.processing.audio.waveform import drawing, peaks
from mediaworks.processing.audio.waveform.model import DrawRequest, Peaks, WaveformRequest
from mediaworks.processing.image import picture, pipeline, writing
from mediaworks.processing.model import (
    Appearance,
    Facts,
    ProbeRequest,
    Rendering,
    RenderRequest,
    Understanding,
    UnderstandRequest,
)
from mediaworks.processing.types import MOVING, TYPES, Kind
from mediaworks.processing.video import film as films
from mediaworks.processing.video import recording
from mediaworks.processing.video.index import index_of
from mediaworks.processing.video.model import Filmed, FilmRequest, Index, IndexRequest, Remuxed, RemuxRequest
from mediaworks.processing.video.remuxing import remuxed

KINDS = {file_type.mime: file_type.kind for file_type in TYPES}


def probe(descriptor: int, raw: msgspec.Raw) -> Facts:
    request = msgspec.msgpack.decode(raw, type=ProbeRequest)
    match _kind(request.mime):
        case Kind.IMAGE:
            return picture.probe(descriptor, request)
        case Kind.VIDEO | Kind.AUDIO:
            return recording.probe(descriptor, request)
        case kind:
            return Facts(kind)


def understand(descriptor: int, raw: msgspec.Raw) -> Understanding:
    began = time.monotonic()
    found = _understood(descriptor, msgspec.msgpack.decode(raw, type=UnderstandRequest))
    return msgspec.structs.replace(found, seconds=time.monotonic() - began)


def _understood(descriptor: int, request: UnderstandRequest) -> Understanding:
    match _kind(request.mime):
        case Kind.IMAGE:
            return picture.understand(descriptor, request)
        case Kind.VIDEO | Kind.AUDIO:
            return recording.understand(descriptor, request)
        case kind:
            return Understanding(Facts(kind))


def index(descriptor: int, raw: msgspec.Raw) -> Index:
    request = msgspec.msgpack.decode(raw, type=IndexRequest)
    if _kind(request.mime) not in {Kind.VIDEO, Kind.AUDIO}:
        raise UnsupportedType(f"{request.mime} is no recording")
    return index_of(descriptor, request.mime, request.max_pixels)


def film(descriptor: int, raw: msgspec.Raw, out: int) -> Filmed:
    """Writes the recording into `out`."""
    request = msgspec.msgpack.decode(raw, type=FilmRequest)
    if request.mime not in MOVING:
        raise UnsupportedType(f"{request.mime} is no picture that moves", allowed=sorted(MOVING))
    return films.film(descriptor, request, out)


def remux(descriptor: int, raw: msgspec.Raw) -> Remuxed:
    request = msgspec.msgpack.decode(raw, type=RemuxRequest)
    if _kind(request.mime) is not Kind.VIDEO:
        raise UnsupportedType(f"{request.mime} is no video")
    return remuxed(descriptor, request)


def hear(descriptor: int, raw: msgspec.Raw) -> Sound:
    request = msgspec.msgpack.decode(raw, type=HearRequest)
    if _kind(request.mime) not in {Kind.VIDEO, Kind.AUDIO}:
        raise UnsupportedType(f"{request.mime} is no recording")
    return hearing.hear(descriptor, request)


def cover(descriptor: int, raw: msgspec.Raw, out: int) -> int:
    """Writes the cover into `out`."""
    return cover_tag.write_cover(descriptor, msgspec.msgpack.decode(raw, type=CoverRequest), out)


def waveform(descriptor: int, raw: msgspec.Raw, out: int) -> Peaks:
    """Writes the peaks into `out`."""
    request = msgspec.msgpack.decode(raw, type=WaveformRequest)
    if _kind(request.mime) not in {Kind.VIDEO, Kind.AUDIO}:
        raise UnsupportedType(f"{request.mime} is no recording")
    return peaks.peaks(descriptor, request, out)


def draw_waveform(_: int, raw: msgspec.Raw) -> bytes:
    return drawing.drawn(msgspec.msgpack.decode(raw, type=DrawRequest))


def look(descriptor: int, raw: msgspec.Raw) -> Appearance:
    request = msgspec.msgpack.decode(raw, type=ProbeRequest)
    if _kind(request.mime) is not Kind.IMAGE:
        raise UnsupportedType(f"{request.mime} is no picture that can be looked at")
    return picture.look(descriptor, request)


def render(descriptor: int, raw: msgspec.Raw, out: int, *assets: int) -> Rendering:
    """Writes what it makes into `out`."""
    request = msgspec.msgpack.decode(raw, type=RenderRequest)
    if _kind(request.mime) is not Kind.IMAGE:
        raise UnsupportedType(f"{request.mime} is no picture that can be rendered")
    return pipeline.render(descriptor, request, out, assets)


def _kind(mime: str) -> Kind:
    if mime not in KINDS:
        raise Unprocessable(f"{mime} is no type that can be understood")
    return KINDS[mime]


def libraries() -> dict[str, str]:
    """To be asked behind the walls: trying what can be written starts threads, and with threads no wall of namespaces stands."""
    return {
        "libvips": ".".join(str(pyvips.version(part)) for part in range(3)),
        "pictures are written as": ", ".join(writing.writable()),
        "ffmpeg (libavcodec)": ".".join(map(str, av.library_versions["libavcodec"])),
    }


TASKS: dict[str, Callable[..., Any]] = {
    "probe": probe,
    "understand": understand,
    "look": look,
    "render": render,
    "index": index,
    "film": film,
    "remux": remux,
    "hear": hear,
    "cover": cover,
    "waveform": waveform,
    "draw_waveform": draw_waveform,
}


def _load_what_loads_late() -> None:
    """Import what would else be imported at first use: behind the walls no file can be opened any more."""
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if "__main__" not in module.name:
            importlib.import_module(module.name)
    for encoding in ("ascii", "latin-1", "utf-8", "utf-16", "utf-16-be", "utf-16-le", "idna"):
        codecs.lookup(encoding)


_load_what_loads_late()
