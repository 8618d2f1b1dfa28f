"""What a file is, decided by its first bytes alone; names and headers of the sender have no say.

Magic numbers follow the formats' own specifications, ISO base media brands ISO/IEC 14496-12 section 4.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mediaworks.processing.types import (
    AAC,
    AVI,
    AVIF,
    BMP,
    FLAC,
    GIF,
    HEIF,
    JPEG,
    M4A,
    MKV,
    MOV,
    MP3,
    MP4,
    OGG,
    OPUS,
    PDF,
    PNG,
    SVG,
    TIFF,
    WAV,
    WEBM,
    WEBP,
    FileType,
)  # fmt: skip

HEAD_BYTES = 4096

_PREFIXES: tuple[tuple[bytes, FileType], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
    (b"fLaC", FLAC),
    (b"%PDF-", PDF),
    (b"ID3", MP3),
)
_RIFF = {b"WEBP": WEBP, b"AVI ": AVI, b"WAVE": WAV}
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B "}
_MP4_BRAND = re.compile(rb"isom|iso[2-9a]|mp4[12v]|avc1|hvc1|av01|M4V[ HP]|f4v |dash|cmf[2acl]|MSNV|3g[2p][0-9a-z]|XAVC|mmp4|msdh|ND[A-Z]{2}", re.ASCII)  # fmt: skip
_OLD_MOV_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_DOCTYPE = re.compile(rb"\x42\x82[\x40-\x8f][\x00-\xff]?(webm|matroska)")
# Atomic groups and possessive repeats: without them a few hundred bytes of `<!---->` take hours to refuse.
_XML_PREAMBLE = re.compile(
    rb"\A(?:\xef\xbb\xbf)?+"
    rb"(?>\s++|<\?xml[^>]*+>|<!--(?>.*?-->)|<!DOCTYPE\s++svg(?=[\s\[>])[^>\[]*+(?:\[[^\]]*+\]\s*+)?+>)*+"
    rb"<svg[\s>/]",
    re.DOTALL,
)
_MPEG_BITRATES = {  # kbit/s of layer III by index, ISO/IEC 11172-3 section 2.4.2.3 and 13818-3
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    0: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MPEG_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def sniff(head: bytes) -> FileType | None:
    """The type of a file that begins with `head` (its first 4096 bytes, or all of it), or None when it is none of ours."""
    for prefix, file_type in _PREFIXES:
        if head.startswith(prefix):
            return file_type
    for recognise in _RECOGNISERS:
        if (found := recognise(head)) is not None:
            return found
    return None


def _riff(head: bytes) -> FileType | None:
    return _RIFF.get(head[8:12]) if head.startswith((b"RIFF", b"RF64")) else None


def _iso_media(head: bytes) -> FileType | None:
    if head[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(head[:4]), len(head))
    major = head[8:12]
    brands = [major, *(head[i : i + 4] for i in range(16, end - 3, 4))]
    if major in _AVIF_BRANDS or (major in {b"mif1", b"msf1"} and _AVIF_BRANDS.intersection(brands)):
        return AVIF
    if major in _HEIF_BRANDS:
        return HEIF
    if major == b"qt  ":
        return MOV
    if major in _AUDIO_BRANDS:
        return M4A
    return MP4 if any(_MP4_BRAND.fullmatch(brand) for brand in brands) else None


def _old_quicktime(head: bytes) -> FileType | None:
    size, kind = int.from_bytes(head[:4]), head[4:8]
    if kind not in _OLD_MOV_BOXES or (size < 8 and size not in {0, 1}):
        return None
    following = head[size + 4 : size + 8]
    return MOV if kind in {b"moov", b"mdat", b"wide", b"pnot"} or following in _OLD_MOV_BOXES else None


def _matroska(head: bytes) -> FileType | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    match = _DOCTYPE.search(head, 4, 128)
    if match is None:
        return None
    return WEBM if match[1] == b"webm" else MKV


def _ogg(head: bytes) -> FileType | None:
    if not head.startswith(b"OggS\x00"):
        return None
    packet = head[27 + head[26] :] if len(head) > 26 else b""
    if packet.startswith(b"OpusHead"):
        return OPUS
    return OGG if packet.startswith((b"\x01vorbis", b"\x7fFLAC", b"Speex   ", b"\x80theora", b"fishead\x00")) else None


def _bmp(head: bytes) -> FileType | None:
    header_size = int.from_bytes(head[14:18], "little")
    return BMP if head.startswith(b"BM") and header_size in {12, 40, 52, 56, 64, 108, 124} else None


def _adts(head: bytes) -> FileType | None:
    """AAC in ADTS frames (ISO/IEC 13818-7 section 6.2): a second frame must stand where the first one ends."""
    first = _adts_length(head, 0)
    return AAC if first and (_adts_length(head, first) or first >= len(head)) else None


def _adts_length(head: bytes, at: int) -> int:
    frame = head[at : at + 7]
    if len(frame) < 7 or frame[0] != 0xFF or frame[1] & 0xF6 != 0xF0 or (frame[2] >> 2) & 15 > 12:
        return 0
    length = (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5
    return length if length > 7 else 0


def _mpeg_audio(head: bytes) -> FileType | None:
    """MPEG layer III without a tag, perhaps behind zeros: a second frame must stand where the first one ends."""
    head = head.lstrip(b"\x00")
    first = _mpeg_length(head, 0)
    return MP3 if first and (_mpeg_length(head, first) or first >= len(head)) else None


def _mpeg_length(head: bytes, at: int) -> int:
    frame = head[at : at + 4]
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate, padding = frame[1] >> 3 & 3, frame[2] >> 4, frame[2] >> 2 & 3, frame[2] >> 1 & 1
    if version == 1 or not 1 <= bitrate <= 14 or rate == 3:
        return 0
    samples = 144 if version == 3 else 72
    return samples * _MPEG_BITRATES[version][bitrate - 1] * 1000 // _MPEG_RATES[version][rate] + padding


def _svg(head: bytes) -> FileType | None:
    return SVG if _XML_PREAMBLE.match(head) else None


_RECOGNISERS: tuple[Callable[[bytes], FileType | None], ...] = (
    _riff, _iso_media, _old_quicktime, _matroska, _ogg, _bmp, _adts, _mpeg_audio, _svg,
)  # fmt: skip
