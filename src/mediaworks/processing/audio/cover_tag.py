"""Cover art for Ogg, which holds it in a comment of its header. Only sandbox children import this module."""

from __future__ import annotations

import os
import struct
from base64 import b64encode

import av

from mediaworks.processing.audio.covers import INPUTS, MOST_BYTES, PICTURES
from mediaworks.processing.audio.model import CoverRequest
from mediaworks.processing.video.opening import opened

MIMES = {codec: mime.encode() for mime, codec in PICTURES.items()}
FRONT_COVER = 3


def write_cover(descriptor: int, request: CoverRequest, out: int) -> int:
    """Write the picture into `out`, as a METADATA_BLOCK_PICTURE (xiph.org, VorbisComment) in ffmpeg's file of metadata; its
    size, or 0 without one of at most MOST_BYTES. Raises Unprocessable."""
    with opened(descriptor, INPUTS[request.mime]) as container:
        stream = container.streams[request.stream]
        picture = next((bytes(packet) for packet in container.demux(stream) if packet.size), b"")
        if not isinstance(stream, av.VideoStream) or not 0 < len(picture) <= MOST_BYTES:
            return 0
        block = _block(stream, picture)
    _write(out, b";FFMETADATA1\nMETADATA_BLOCK_PICTURE=", b64encode(block).replace(b"=", rb"\="), b"\n")
    return len(picture)


def _block(stream: av.VideoStream, picture: bytes) -> bytes:
    """A picture as FLAC has it (RFC 9639 section 8.8), without its description."""
    codec = stream.codec_context
    mime = MIMES[codec.name]
    depth = sum(part.bits for part in codec.format.components) if codec.format else 0
    head = struct.pack(">II", FRONT_COVER, len(mime)) + mime + struct.pack(">I", 0)
    return head + struct.pack(">5I", codec.width, codec.height, depth, 0, len(picture)) + picture


def _write(out: int, *parts: bytes) -> None:
    with os.fdopen(os.dup(out), "wb") as file:
        file.writelines(parts)
