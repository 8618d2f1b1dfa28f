"""The types of file that are known, and how their content tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FileType:
    """A registered media type, its usual extension without the dot, and what kind of thing it is."""

    mime: str
    extension: str
    kind: Kind


JPEG = FileType("image/jpeg", "jpg", Kind.IMAGE)
PNG = FileType("image/png", "png", Kind.IMAGE)
WEBP = FileType("image/webp", "webp", Kind.IMAGE)
GIF = FileType("image/gif", "gif", Kind.IMAGE)
HEIF = FileType("image/heif", "heif", Kind.IMAGE)
AVIF = FileType("image/avif", "avif", Kind.IMAGE)
TIFF = FileType("image/tiff", "tiff", Kind.IMAGE)
BMP = FileType("image/bmp", "bmp", Kind.IMAGE)
SVG = FileType("image/svg+xml", "svg", Kind.DOCUMENT)  # a program until it is sanitised
PDF = FileType("application/pdf", "pdf", Kind.DOCUMENT)
MP4 = FileType("video/mp4", "mp4", Kind.VIDEO)
MOV = FileType("video/quicktime", "mov", Kind.VIDEO)
MKV = FileType("video/x-matroska", "mkv", Kind.VIDEO)
WEBM = FileType("video/webm", "webm", Kind.VIDEO)
AVI = FileType("video/x-msvideo", "avi", Kind.VIDEO)
MP3 = FileType("audio/mpeg", "mp3", Kind.AUDIO)
M4A = FileType("audio/mp4", "m4a", Kind.AUDIO)
AAC = FileType("audio/aac", "aac", Kind.AUDIO)
FLAC = FileType("audio/flac", "flac", Kind.AUDIO)
WAV = FileType("audio/wav", "wav", Kind.AUDIO)
OGG = FileType("audio/ogg", "ogg", Kind.AUDIO)
OPUS = FileType("audio/opus", "opus", Kind.AUDIO)

MOVING = frozenset({GIF.mime, WEBP.mime})
"""Pictures whose pages are frames; those of others (TIFF, HEIF) are pictures of their own."""

TYPES = (
    JPEG, PNG, WEBP, GIF, HEIF, AVIF, TIFF, BMP, SVG, PDF, MP4, MOV, MKV, WEBM, AVI,
    MP3, M4A, AAC, FLAC, WAV, OGG, OPUS,
)  # fmt: skip
ISO_MEDIA = frozenset({MP4.mime, MOV.mime, M4A.mime})
"""What consists of the boxes of ISO/IEC 14496-12."""
