"""Whether a recording's pictures can be played as they are coded, and where they may be cut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import accumulate, pairwise

import av

from mediaworks.errors import Unprocessable
from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.model import Cut, Packets, VideoTrack
from mediaworks.processing.video.opening import opened
from mediaworks.processing.video.packets import LONGEST_SEGMENT, CutGrid
from mediaworks.processing.video.presentation import copied
from mediaworks.processing.video.remuxing import remuxed_from
from mediaworks.processing.video.samples import Samples, demuxed, tabled

SHORTEST_GROUP = Fraction(1, 2)  # seconds; shorter ones are not told apart
MOST_CUTS = 50_000
MOST_RATE = Fraction(605, 10)
PROFILES = {66, 77, 100}  # ITU-T H.264 annex A.2: Baseline, Main and High are of 8 bits and 4:2:0
FULL_RANGE = 2
PROGRESSIVE = {0, 1}  # also where nothing is said
OTHER_TAGS = {"avc3", "avc4", "encv"}  # parameters among the pictures; encrypted


def as_coded(descriptor: int, mime: str, track: VideoTrack, *, start: Fraction) -> Packets | None:
    """None for what has to be encoded. `start`: of the recording, in seconds of its container. Costs no decoding; an MP4 is
    not read through, others are."""
    if track.codec != "h264" or track.hdr != "sdr" or track.pixel_format != "yuv420p":
        return None
    with suppress(Unprocessable), opened(descriptor, DEMUXERS[mime]) as container:
        stream = container.streams[track.stream]
        assert isinstance(stream, av.VideoStream)
        head = stream.codec_context.extradata or b""
        if not _is_plain(stream, head):
            return None
        samples = _samples(descriptor, DEMUXERS[mime], container, stream, prefix=(head[4] & 3) + 1)
        found = None if samples is None else _cut(samples, track, head, stream.time_base or Fraction(0), start)
    return found if found is not None and _can_be_cut(descriptor, mime, track, found) else None


def _is_plain(stream: av.VideoStream, head: bytes) -> bool:
    """Whether its configuration (ISO/IEC 14496-15 section 5.3.3) is one that every player knows, and its pixels are shown as
    they are."""
    codec = stream.codec_context
    return (
        len(head) > 6
        and head[0] == 1
        and head[1] in PROFILES
        and codec.codec_tag not in OTHER_TAGS
        and int(codec.field_order) in PROGRESSIVE
        and int(codec.color_range) != FULL_RANGE
        and stream.sample_aspect_ratio in {None, 0, 1}
    )


def _samples(
    descriptor: int, demuxer: str, container: av.container.InputContainer, stream: av.VideoStream, *, prefix: int
) -> Samples | None:
    if demuxer == "mov":
        return tabled(descriptor, container, stream, prefix)
    return demuxed(container, stream, prefix) if demuxer == "matroska" else None


def _cut(samples: Samples, track: VideoTrack, head: bytes, base: Fraction, start: Fraction) -> Packets | None:
    """None where the times are not those of pictures one after another from the recording's beginning on, or groups are too
    long."""
    if base.numerator != 1 or not samples.times:
        return None
    timescale, shift = base.denominator, round(start * base.denominator)
    shown = sorted(samples.times)
    frame = max(1, round(timescale / track.frame_rate))
    end = shown[-1] + frame - shift
    if not 0 <= shown[0] - shift <= frame or any(one == other for one, other in pairwise(shown)):
        return None
    if (len(shown) - 1) * timescale > MOST_RATE * (shown[-1] - shown[0]) and len(shown) > 1:
        return None
    cuts = tuple(_cuts(samples, shift, round(SHORTEST_GROUP * timescale)))
    if not cuts or cuts[0].time != shown[0] - shift or len(cuts) > MOST_CUTS:
        return None
    if any(b - a > LONGEST_SEGMENT * timescale for a, b in pairwise([*(cut.time for cut in cuts), end])):
        return None
    return Packets(
        codec=f"avc1.{head[1:4].hex()}", timescale=timescale, cuts=cuts, end=end, shift=shift, lead=samples.lead
    )


def _cuts(samples: Samples, shift: int, shortest: int) -> Iterator[Cut]:
    """Where everything that comes later is shown later, and nothing that came before."""
    times = samples.times
    latest = [times[0] - 1, *accumulate(times, max)]
    earliest = list(accumulate(reversed(times), min))[::-1]
    chosen: list[int] = []
    for number in samples.keys:
        begin = times[number]
        is_far = not chosen or begin - times[chosen[-1]] >= shortest
        if is_far and latest[number] < begin == earliest[number] and samples.begins_anew(number):
            chosen.append(number)
    total = [0, *accumulate(samples.sizes)]
    for number, following in pairwise([*chosen, len(times)]):
        yield Cut(times[number] - shift, total[following] - total[number])


def _can_be_cut(descriptor: int, mime: str, track: VideoTrack, packets: Packets) -> bool:
    """Whether it goes as the tables say: tried at the first, the middle and the last cut."""
    grid = CutGrid.of(packets, track.frame_rate, float(SHORTEST_GROUP))
    rendition = copied(track, packets, grid)
    try:
        with opened(descriptor, DEMUXERS[mime]) as container:
            for number in sorted({0, grid.segments // 2, grid.segments - 1}):
                remuxed_from(container, rendition.segment(number, mime))
    except Unprocessable:
        return False
    return True
