"""A segment made of packets as they were coded: the same pictures, in another container."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import av

from mediaworks.errors import Unprocessable
from mediaworks.processing.video.boxes import Splitter
from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.model import Remuxed, RemuxRequest
from mediaworks.processing.video.opening import opened

MOST_SKIPPED = 3_000
FRAGMENTED = "cmaf+empty_moov+default_base_moof+skip_trailer+frag_discont"


def remuxed(descriptor: int, request: RemuxRequest) -> Remuxed:
    """The segment begins with the picture at `begin`, which its `tfdt` says, and lasts exactly until `end`. Raises
    Unprocessable when the file is not as its index says."""
    with opened(descriptor, DEMUXERS[request.mime], probesize="32", analyzeduration="0") as container:
        return remuxed_from(container, request)


def remuxed_from(container: av.container.InputContainer, request: RemuxRequest) -> Remuxed:
    """As `remuxed`. Nothing else can be read of the container afterwards."""
    stream = container.streams[request.stream]
    for other in container.streams:
        if other.index != stream.index:
            other.discard = av.stream.Discard.all
    return _written(stream, list(_wanted(container, stream, request)), request)


def _wanted(container: av.container.InputContainer, stream: Any, request: RemuxRequest) -> Iterator[av.Packet[Any]]:
    """In the order of their decoding."""
    begin, end = request.begin + request.shift, request.end + request.shift
    container.seek(begin - request.lead, stream=stream)
    size, skipped = 0, 0
    for packet in container.demux(stream):
        if not size and not (packet.is_keyframe and packet.pts == begin):
            skipped += 1
            if skipped > MOST_SKIPPED:
                break
            continue
        if packet.pts is None or (packet.pts >= end and not request.is_last):
            break
        size += packet.size
        if size > request.size:
            break
        yield packet
        if request.is_still:
            return
    if size != request.size:
        raise Unprocessable("The recording's packets do not lie where its index says", code="index_contradicted")


def _written(stream: Any, packets: Sequence[av.Packet[Any]], request: RemuxRequest) -> Remuxed:
    """Each is decoded when one is shown: so a segment takes in decoding just the time that it takes to be seen, whatever the
    source says. What is shown before it was decoded has a negative offset (ISO/IEC 14496-12 section 8.6.1.3)."""
    shown = [packet.pts - request.shift for packet in packets if packet.pts is not None]
    decoded = sorted(shown)
    delay = max(at - seen for at, seen in zip(decoded, shown, strict=True))
    file = io.BytesIO()
    options = {"movflags": FRAGMENTED, "fflags": "+bitexact", "frag_duration": str(10**9)}
    scale = {"video_track_timescale": str(request.timescale)}
    with av.open(file, "w", format="mp4", options=options | scale) as output:
        written = output.add_stream_from_template(stream)
        written.time_base = stream.time_base
        for packet, at, seen, until in zip(packets, decoded, shown, [*decoded[1:], request.end], strict=True):
            packet.stream = written
            packet.pts, packet.dts, packet.duration = seen, at - delay, until - at
            output.mux(packet)
    return _split(file.getvalue())


def _split(content: bytes) -> Remuxed:
    splitter = Splitter()
    fragments = list(splitter.feed(content))
    if len(fragments) != 1:
        raise Unprocessable("The recording's packets cannot be cut here", code="index_contradicted")
    return Remuxed(splitter.init, fragments[0])
