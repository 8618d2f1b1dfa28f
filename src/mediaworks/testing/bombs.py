"""Pictures that ask for far more than they weigh, for tests of what refuses them."""

from __future__ import annotations

import struct
import zlib

PNG = b"\x89PNG\r\n\x1a\n"
MEGABYTE = 1 << 20


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A valid PNG of one bit a pixel, with more chunks behind its header: some 100 bytes for a megapixel."""
    row = b"\x00" * (1 + (width + 7) // 8)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    whole = [(b"IHDR", header), *chunks, (b"IDAT", _squeezed(row, height)), (b"IEND", b"")]
    return PNG + b"".join(_chunk(kind, data) for kind, data in whole)


def png_with_profile(megabytes: int) -> bytes:
    """A colour profile that unpacks to so much."""
    return png(64, 64, (b"iCCP", b"profile\x00\x00" + _squeezed(bytes(MEGABYTE), megabytes)))


def png_with_text(megabytes: int, chunks: int) -> bytes:
    """Compressed comments that unpack to so much each."""
    text = b"comment\x00\x00" + _squeezed(b"a" * MEGABYTE, megabytes)
    return png(64, 64, *[(b"zTXt", text)] * chunks)


def png_with_xmp(megabytes: int) -> bytes:
    """A compressed international text chunk under the keyword that readers take for XMP."""
    packet = b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + _squeezed(b" " * MEGABYTE, megabytes)
    return png(64, 64, (b"iTXt", packet))


def png_with_exif(entries: int) -> bytes:
    """A directory whose entries all point at the same large value, and whose next directory is itself."""
    entry = struct.pack("<HHII", 0x010E, 2, 60_000, 8 + 2 + 12 * entries + 4)
    directory = struct.pack("<H", entries) + entry * entries + struct.pack("<I", 8)
    return png(64, 64, (b"eXIf", b"II*\x00\x08\x00\x00\x00" + directory + b"A" * 60_000))


def gif(frames: int, width: int = 64, height: int = 64) -> bytes:
    """An animation whose frames are one pixel each, of 23 bytes."""
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    control = b"\x21\xf9\x04\x04\x0a\x00\x00\x00"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\x00"
    return b"GIF89a" + screen + (control + frame) * frames + b"\x3b"


def webp(frames: int, width: int = 16_383, height: int = 16_383) -> bytes:
    """An animation on a canvas of that size whose frames are one pixel each (WebP container specification)."""
    pixel = _riff(b"VP8L", bytes.fromhex("2f00000000073000000000000000000000"))
    canvas = b"\x02\x00\x00\x00" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    one = b"\x00" * 12 + b"\x0a\x00\x00\x00" + pixel
    parts = [_riff(b"VP8X", canvas), _riff(b"ANIM", bytes(6)), *[_riff(b"ANMF", one)] * frames]
    return _riff(b"RIFF", b"WEBP" + b"".join(parts))


def tiff(tile: int, width: int = 256, height: int = 256) -> bytes:
    """One tile of that many pixels a side, most of which no picture has."""
    tags = (
        (256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (277, 3, 1),
        (322, 4, tile), (323, 4, tile), (324, 4, 8), (325, 4, 16),
    )  # fmt: skip
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *_tag(tag)) for tag in tags)
    return b"II*\x00" + struct.pack("<I", 24) + bytes(16) + directory + struct.pack("<I", 0)


def with_size(avif: bytes, width: int, height: int) -> bytes:
    """An AVIF or HEIF file that claims another size (the box `ispe`, ISO/IEC 23008-12 section 6.5.3)."""
    place = avif.index(b"ispe") + 8
    return avif[:place] + struct.pack(">II", width, height) + avif[place + 8 :]


def _tag(tag: tuple[int, int, int]) -> tuple[int, int, int, int]:
    number, kind, value = tag
    return number, kind, 1, value


def _riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _squeezed(piece: bytes, times: int) -> bytes:
    """A zlib stream (RFC 1950) of a piece so many times over: packed once, in blocks that do not look back."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(times):
        check = zlib.adler32(piece, check)
    return b"\x78\xda" + block * times + b"\x03\x00" + struct.pack(">I", check)
