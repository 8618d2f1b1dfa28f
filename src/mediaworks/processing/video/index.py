"""The index of a recording: all that a player's lists are made of, without decoding more than one frame."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import islice, pairwise
from typing import Any

import av
import msgspec

from mediaworks.errors import Unprocessable
from mediaworks.processing.audio.length import length_of
from mediaworks.processing.video import bounds, details
from mediaworks.processing.video.audio_grid import packets_of
from mediaworks.processing.video.chapters import chapters_of
from mediaworks.processing.video.copying import as_coded
from mediaworks.processing.video.decoders import SOUND
from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.frames import UPRIGHT, matrix_of, quarter_turned
from mediaworks.processing.video.model import AudioTrack, Index, TextTrack, VideoTrack
from mediaworks.processing.video.opening import opened
from mediaworks.processing.video.recording import first_frame, moving

MOST_FRAMES_A_SECOND = Fraction(60)
MOST_KEYFRAMES = 50_000
LARGEST_DENOMINATOR = 1_001
SAME_RATE = 0.001


def index_of(descriptor: int, mime: str, max_pixels: int) -> Index:
    """Tracks, their exact rates and keyframes. Raises TooManyPixels, Unprocessable."""
    with opened(descriptor, DEMUXERS[mime]) as container:
        start = Fraction(container.start_time or 0, av.time_base)
        duration = details.duration_of(container) or 0.0
        bounds.refuse_too_long(duration)
        stream = moving(container)
        first = None if stream is None else _first(container, stream, max_pixels)
        heard = [_audio(track) for track in container.streams.audio if _codec(track) in SOUND]
        if stream is None and not heard:
            raise Unprocessable("The recording has neither pictures nor sound that can be played")
        texts = tuple(_text(track) for track in container.streams.subtitles)
        chapters = chapters_of(container)
    audio = tuple(_exactly(descriptor, mime, track) for track in heard)
    if stream is None:
        duration = length_of(descriptor, mime, duration) or duration
        return Index(duration=duration, audio=audio, texts=texts, chapters=chapters)
    with opened(descriptor, DEMUXERS[mime]) as container:
        stream = moving(container)
        assert stream is not None
        video = _video(container, stream, start=start, first=first)
    if not video.is_interlaced and (first is None or matrix_of(first) == UPRIGHT):
        video = msgspec.structs.replace(video, packets=as_coded(descriptor, mime, video, start=start))
    return Index(duration=duration, video=video, audio=audio, texts=texts, chapters=chapters)


def _first(container: av.container.InputContainer, stream: av.VideoStream, max_pixels: int) -> av.VideoFrame | None:
    bounds.refuse_unknown_codec(_codec(stream))
    bounds.refuse_too_large(stream.width, stream.height, max_pixels)
    return first_frame(container, max_pixels)


def _video(
    container: av.container.InputContainer, stream: av.VideoStream, *, start: Fraction, first: av.VideoFrame | None
) -> VideoTrack:
    base = stream.time_base or Fraction(1, av.time_base)
    times, keys = _times(container, stream)
    rate = _rate(stream, times, base)
    begin = Fraction(stream.start_time or 0) * base - start
    length = Fraction(times[-1] - times[0]) * base + 1 / rate if times else 1 / rate
    bounds.refuse_too_long(float(begin + length))
    gap = max((after - before for before, after in pairwise(times)), default=0) * base
    width, height = round(stream.width * details.aspect_of(stream)), stream.height
    codec = stream.codec_context
    if codec is None:
        raise Unprocessable("The recording does not say how its pictures are coded")
    turned = first is not None and quarter_turned(first)
    return VideoTrack(
        stream=stream.index,
        codec=codec.codec.canonical_name,
        profile=stream.profile,
        width=height if turned else width,
        height=width if turned else height,
        pixel_format=codec.pix_fmt or "",
        hdr=details.hdr_of(stream),
        rate=(rate.numerator, rate.denominator),
        frames=max(1, round((begin + length) * rate)),
        widest_gap=max(1, -(-gap * rate // 1)),
        keyframes=tuple(float((key - times[0]) * base + begin) for key in keys[:MOST_KEYFRAMES]),
        bit_rate=stream.bit_rate or None,
        is_interlaced=first is not None and bool(first.interlaced_frame),
    )


def _times(container: av.container.InputContainer, stream: av.VideoStream) -> tuple[list[int], list[int]]:
    """The time stamps of all packets that are to be seen, in order, and those of keyframes: by the container's own index
    where that is whole."""
    entries = stream.index_entries
    bounds.refuse_too_many_packets(len(entries))
    if stream.frames and len(entries) == stream.frames:
        return _sorted((entry.timestamp, entry.is_keyframe) for entry in entries if not entry.is_discard)
    stamps = (
        (packet.dts if packet.pts is None else packet.pts, packet.is_keyframe)
        for packet in container.demux(stream)
        if not packet.is_discard
    )
    return _sorted((time, is_key) for time, is_key in stamps if time is not None)


def _sorted(stamps: Iterable[tuple[int, bool]]) -> tuple[list[int], list[int]]:
    found = sorted(islice(stamps, bounds.MOST_PACKETS + 1))
    bounds.refuse_too_many_packets(len(found))
    return [time for time, _ in found], [time for time, is_key in found if is_key]


def _rate(stream: av.VideoStream, times: list[int], base: Fraction) -> Fraction:
    """Frames a second, exactly: what the container says if its packets bear it out, else their average."""
    told = Fraction(stream.guessed_rate or stream.average_rate or 25)
    if len(times) < 2 or times[-1] == times[0]:
        return min(max(told, bounds.SLOWEST_RATE), MOST_FRAMES_A_SECOND)
    average = (len(times) - 1) / (Fraction(times[-1] - times[0]) * base)
    bounds.refuse_too_slow(average)
    exact = told if abs(float(told / average) - 1) < SAME_RATE else average.limit_denominator(LARGEST_DENOMINATOR)
    return min(exact, MOST_FRAMES_A_SECOND)


def _audio(stream: av.AudioStream) -> AudioTrack:
    return AudioTrack(
        stream=stream.index,
        codec=_codec(stream),
        sample_rate=stream.sample_rate or 48_000,
        channels=stream.channels or 2,
        language=bounds.language(stream.language),
        title=bounds.label(stream.metadata.get("title")),
        is_default=bool(stream.disposition & av.stream.Disposition.default),
    )


def _exactly(descriptor: int, mime: str, track: AudioTrack) -> AudioTrack:
    if DEMUXERS[mime] != "matroska":
        return track
    with opened(descriptor, DEMUXERS[mime]) as container:
        packet, origin = packets_of(container, track.stream)
    return msgspec.structs.replace(track, packet=packet, origin=origin)


def _text(stream: Any) -> TextTrack:
    return TextTrack(
        stream=stream.index,
        codec=_codec(stream),
        language=bounds.language(stream.language),
        title=bounds.label(stream.metadata.get("title")),
    )


def _codec(stream: Any) -> str:
    return stream.codec_context.codec.canonical_name if stream.codec_context else "unknown"
