"""What a recording is, and its poster."""

from __future__ import annotations

from typing import Any

import av
import msgspec

from mediaworks.errors import TooManyPixels, Unprocessable
from mediaworks.processing.audio.length import length_of
from mediaworks.processing.image import vips
from mediaworks.processing.image.appearance import looked_at
from mediaworks.processing.model import Facts, ProbeRequest, Understanding, UnderstandRequest
from mediaworks.processing.types import ISO_MEDIA, Kind
from mediaworks.processing.video import details
from mediaworks.processing.video.decoders import ALLOWED
from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.frames import as_image, matrix_of, quarter_turned, turn_of
from mediaworks.processing.video.opening import opened
from mediaworks.processing.video.turning import stored_quarter_turned

POSTER_SECONDS = 3.0
POSTER_SHARE = 0.1
TRIES = 50


def probe(descriptor: int, request: ProbeRequest) -> Facts:
    """Size as it is to be seen, duration, frame rate; the kind is audio where nothing moves. Raises like `understand`.

    The boxes of ISO media say it all; of other containers, and of boxes that do not, the first packets are looked at.
    """
    if request.mime in ISO_MEDIA:
        turned = stored_quarter_turned(descriptor)
        with opened(descriptor, DEMUXERS[request.mime], probesize="32") as container:
            facts = _facts(container, request.max_pixels, turned)
        if facts.kind is Kind.AUDIO or (facts.width and facts.fps):
            return facts
    with opened(descriptor, DEMUXERS[request.mime]) as container:
        facts = _facts(container, request.max_pixels, turned=False)
        return _turned(facts, first_frame(container, request.max_pixels))


def understand(descriptor: int, request: UnderstandRequest) -> Understanding:
    """Container, streams, tags, and thumbnails of the poster frame or the cover picture.

    Raises TooManyPixels before anything of that size is decoded, and Unprocessable for what cannot be read.
    """
    with opened(descriptor, DEMUXERS[request.mime]) as container:
        facts = _facts(container, request.max_pixels, turned=False)
        first = first_frame(container, request.max_pixels)
        known = Understanding(_turned(facts, first), details=_details(container, first))
        poster = _poster(container, first, request.max_pixels)
        has_pictures = bool(container.streams.video)
    if known.facts.kind is Kind.AUDIO:
        known = _of_length(known, length_of(descriptor, request.mime, known.facts.duration))
    if poster is None:
        return msgspec.structs.replace(known, warnings=("no picture could be decoded",)) if has_pictures else known
    shown = Facts(Kind.IMAGE, width=poster.width, height=poster.height)
    return msgspec.structs.replace(
        looked_at(msgspec.structs.replace(known, facts=shown), poster, request.sizes), facts=known.facts
    )


def _of_length(known: Understanding, seconds: float | None) -> Understanding:
    facts = msgspec.structs.replace(known.facts, duration=seconds)
    return msgspec.structs.replace(known, facts=facts, details={**known.details, "duration": seconds})


def _facts(container: av.container.InputContainer, max_pixels: int, turned: bool) -> Facts:
    duration = details.duration_of(container)
    stream = moving(container)
    if stream is None:
        if not container.streams.audio:
            raise Unprocessable("The recording has neither pictures nor sound")
        return Facts(Kind.AUDIO, duration=duration)
    if stream.width * stream.height > max_pixels:
        raise TooManyPixels(f"Frames of {stream.width}×{stream.height} are larger than allowed")
    width, height = round(stream.width * details.aspect_of(stream)), stream.height
    if turned:
        width, height = height, width
    return Facts(Kind.VIDEO, width=width or None, height=height or None, duration=duration, fps=details.rate_of(stream))


def _turned(facts: Facts, first: av.VideoFrame | None) -> Facts:
    if first is None or not quarter_turned(first):
        return facts
    return msgspec.structs.replace(facts, width=facts.height, height=facts.width)


def _details(container: av.container.InputContainer, first: av.VideoFrame | None) -> dict[str, Any]:
    found = details.of(container)
    stream = moving(container)
    if first is not None and stream is not None and "streams" in found:
        degrees, mirrored = turn_of(matrix_of(first))
        found["streams"][stream.index] |= {"rotation": degrees} | ({"mirrored": True} if mirrored else {})
    return found


def moving(container: av.container.InputContainer) -> av.VideoStream | None:
    """The first stream of moving pictures; a cover picture is none."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    return None


def first_frame(container: av.container.InputContainer, max_pixels: int) -> av.VideoFrame | None:
    """The first that can be decoded; it alone knows how it is to be turned."""
    stream = moving(container)
    return None if stream is None else _decode(container, stream, max_pixels)


def _decode(container: av.container.InputContainer, stream: av.VideoStream, max_pixels: int) -> av.VideoFrame | None:
    """The next frame that can be decoded, or None. A codec that finds more pixels than its container told is stopped."""
    if not stream.codec_context.is_open:
        stream.codec_context.options = {"max_pixels": str(max_pixels), "codec_whitelist": ALLOWED}
    try:
        for tried, packet in enumerate(container.demux(stream)):
            if frames := _frames(packet):
                return frames[0]
            if tried > TRIES:
                return None
    except (av.FFmpegError, EOFError):
        return None
    return None


def _frames(packet: av.Packet[av.VideoStream]) -> list[av.VideoFrame]:
    try:
        return [frame for frame in packet.decode() if isinstance(frame, av.VideoFrame)]
    except av.FFmpegError:
        return []


def _poster(container: av.container.InputContainer, first: av.VideoFrame | None, max_pixels: int) -> vips.Image | None:
    """A frame from a little way in, since many recordings begin in the dark; else the first; else the cover."""
    stream = moving(container)
    if stream is None:
        return _cover(container, max_pixels)
    seconds = min(POSTER_SECONDS, (details.duration_of(container) or 0) * POSTER_SHARE)
    chosen = _frame_at(container, stream, seconds, max_pixels) or first
    return None if chosen is None else as_image(chosen, details.aspect_of(stream))


def _frame_at(
    container: av.container.InputContainer, stream: av.VideoStream, seconds: float, max_pixels: int
) -> av.VideoFrame | None:
    try:
        container.seek(int(seconds * av.time_base) + (container.start_time or 0))
    except av.FFmpegError:
        return None
    return _decode(container, stream, max_pixels)


def _cover(container: av.container.InputContainer, max_pixels: int) -> vips.Image | None:
    for stream in container.streams.video:
        frame = _decode(container, stream, max_pixels)
        if frame is not None:
            return as_image(frame)
    return None
