from __future__ import annotations

from typing import ClassVar, Literal

from mediaworks.processing import types
from mediaworks.processing.types import FileType
from mediaworks.processing.video.clip import Clip, Size
from mediaworks.processing.video.outputs.base import Output, Run
from mediaworks.processing.video.outputs.movie import Movie

FAST_START = ("-movflags", "+faststart")


class Mp4(Movie, frozen=True, kw_only=True, tag="mp4"):
    """MP4, what plays everywhere with h264 and aac; its index stands in front, so that it plays while it loads.

    By `crf`, `bitrate` or `max_bytes`, at most one of them. What has the codec already and is neither changed nor asked to
    be of a quality is copied as it is. `range`: what is HDR becomes SDR, or stays (`source`: hevc and av1, in 10 bits).
    `background`: behind what is transparent in a GIF or WebP."""

    type: ClassVar[FileType] = types.MP4
    muxer: ClassVar[tuple[str, ...]] = (*FAST_START, "-f", "mp4")
    sounds: ClassVar[frozenset[str]] = frozenset({"aac", "ac3", "alac", "eac3", "flac", "mp3", "opus"})

    codec: Literal["h264", "hevc", "vp9", "av1"] = "h264"
    audio: Literal["aac", "opus", "copy", "none"] = "aac"


class Mov(Movie, frozen=True, kw_only=True, tag="mov"):
    """QuickTime, for editing programs; the parameters are those of mp4."""

    type: ClassVar[FileType] = types.MOV
    muxer: ClassVar[tuple[str, ...]] = (*FAST_START, "-f", "mov")
    sounds: ClassVar[frozenset[str]] = frozenset({"aac", "ac3", "alac", "eac3", "mp3", "pcm_s16le", "pcm_s24le"})

    codec: Literal["h264", "hevc"] = "h264"
    audio: Literal["aac", "copy", "none"] = "aac"


class Webm(Movie, frozen=True, kw_only=True, tag="webm"):
    """WebM, with vp9, av1 or vp8 and opus or vorbis; the parameters are those of mp4."""

    type: ClassVar[FileType] = types.WEBM
    muxer: ClassVar[tuple[str, ...]] = ("-f", "webm")
    sounds: ClassVar[frozenset[str]] = frozenset({"opus", "vorbis"})

    codec: Literal["vp8", "vp9", "av1"] = "vp9"
    audio: Literal["opus", "vorbis", "copy", "none"] = "opus"


class Auto(Output, frozen=True, kw_only=True, tag="auto"):
    """The container that the video had, with its usual codecs; MP4 instead of what is not written, such as AVI."""

    def settled(self, mime: str) -> Output:
        return next((kind() for kind in (Mov, Webm) if kind.type.mime == mime), Mp4())


class OptimizeForWeb(Output, frozen=True, kw_only=True, tag="optimize_for_web"):
    """MP4 that every browser plays: H.264 High and AAC, at most 1920×1080 either way up, its index in front."""

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        size = _within(clip.size)
        if size != clip.size:
            clip = clip.seen(f"scale={size[0]}:{size[1]}:flags=lanczos,setsar=1", size=size)
        return Mp4(crf=23).runs(clip, squeeze)


def _within(size: Size) -> Size:
    scale = min(1.0, 1920 / max(size), 1080 / min(size))
    return size if scale == 1 else (max(2, round(size[0] * scale / 2) * 2), max(2, round(size[1] * scale / 2) * 2))
