"""What a recording is, and its poster."""

from __future__ import annotations

import av

from mediaworks.errors import TooManyPixels, Unprocessable
from mediaworks.processing.image import vips
from mediaworks.processing.image.appearance import looked_at
from mediaworks.processing.model import Facts, ProbeRequest, Understanding, UnderstandRequest
from mediaworks.processing.types import Kind
from mediaworks.processing.video import details
from mediaworks.processing.video.frames import as_image, quarter_turned
from mediaworks.processing.video.opening import DEMUXERS, opened

POSTER_SECONDS = 3.0
POSTER_SHARE = 0.1
TRIES = 50


def probe(descriptor: int, request: ProbeRequest) -> Facts:
    """Size as it is to be seen, duration, frame rate; the kind is audio where nothing moves. Raises Unprocessable."""
    with opened(descriptor, DEMUXERS[request.mime]) as container:
        return _facts(container, request.max_pixels, _first_frame(container))


def understand(descriptor: int, request: UnderstandRequest) -> Understanding:
    """Container, streams, tags, and thumbnails of the poster frame or the cover picture. Raises Unprocessable."""
    with opened(descriptor, DEMUXERS[request.mime]) as container:
        first = _first_frame(container)
        facts = _facts(container, request.max_pixels, first)
        known = Understanding(facts, details=details.of(container))
        poster = _poster(container, first)
    if poster is None:
        return known
    shown = Facts(Kind.IMAGE, width=poster.width, height=poster.height)
    looked = looked_at(Understanding(shown), poster, request.sizes)
    return Understanding(
        facts,
        known.details,
        looked.palette,
        looked.dominant_color,
        looked.blurhash,
        looked.thumbhash,
        looked.thumbnails,
    )


def _facts(container: av.container.InputContainer, max_pixels: int, first: av.VideoFrame | None) -> Facts:
    duration = details.duration_of(container)
    stream = moving(container)
    if stream is None:
        if not container.streams.audio:
            raise Unprocessable("The recording has neither pictures nor sound")
        return Facts(Kind.AUDIO, duration=duration)
    if stream.width * stream.height > max_pixels:
        raise TooManyPixels(f"Frames of {stream.width}×{stream.height} are larger than allowed")
    width, height = round(stream.width * details.aspect_of(stream)), stream.height
    if first is not None and quarter_turned(first):
        width, height = height, width
    return Facts(Kind.VIDEO, width=width, height=height, duration=duration, fps=details.rate_of(stream))


def moving(container: av.container.InputContainer) -> av.VideoStream | None:
    """The first stream of moving pictures; a cover picture is none."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    return None


def _first_frame(container: av.container.InputContainer) -> av.VideoFrame | None:
    stream = moving(container)
    return None if stream is None else _decode(container, stream)


def _decode(container: av.container.InputContainer, stream: av.VideoStream) -> av.VideoFrame | None:
    """The next frame that can be decoded, or None."""
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


def _poster(container: av.container.InputContainer, first: av.VideoFrame | None) -> vips.Image | None:
    """A frame from a little way in, since many recordings begin in the dark; else the first; else the cover."""
    stream = moving(container)
    if stream is None:
        return _cover(container)
    frame = _frame_at(container, stream, min(POSTER_SECONDS, (details.duration_of(container) or 0) * POSTER_SHARE))
    chosen = frame or first
    return None if chosen is None else as_image(chosen, details.aspect_of(stream))


def _frame_at(container: av.container.InputContainer, stream: av.VideoStream, seconds: float) -> av.VideoFrame | None:
    try:
        container.seek(int(seconds * av.time_base) + (container.start_time or 0))
    except av.FFmpegError:
        return None
    return _decode(container, stream)


def _cover(container: av.container.InputContainer) -> vips.Image | None:
    for stream in container.streams.video:
        frame = _decode(container, stream)
        if frame is not None:
            return as_image(frame)
    return None
