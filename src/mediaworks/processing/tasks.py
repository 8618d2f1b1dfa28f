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

from mediaworks.errors import Unprocessable
from mediaworks.processing.image import picture
from mediaworks.processing.model import Facts, ProbeRequest, Understanding, UnderstandRequest
from mediaworks.processing.types import TYPES, Kind
from mediaworks.processing.video import recording

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


def _kind(mime: str) -> Kind:
    if mime not in KINDS:
        raise Unprocessable(f"{mime} is no type that can be understood")
    return KINDS[mime]


LIBRARIES = {
    "libvips": ".".join(str(pyvips.version(part)) for part in range(3)),
    "ffmpeg (libavcodec)": ".".join(map(str, av.library_versions["libavcodec"])),
}
TASKS: dict[str, Callable[[int, msgspec.Raw], Any]] = {"probe": probe, "understand": understand}


def _load_what_loads_late() -> None:
    """Import what would else be imported at first use: behind the walls no file can be opened any more."""
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if "__main__" not in module.name:
            importlib.import_module(module.name)
    for encoding in ("ascii", "latin-1", "utf-8", "utf-16", "utf-16-be", "utf-16-le", "idna"):
        codecs.lookup(encoding)


_load_what_loads_late()
