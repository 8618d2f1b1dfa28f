"""How long a sound is whose container tells nothing of it: by its packets. Only sandbox children import this module."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import av

from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.opening import opened

ESTIMATED = {"mp3", "aac"}
"""Demuxers that guess from the size of the file and its first packets where there is no table."""
CLOSE = 0.2
"""Seconds by which a good table may differ: it knows what encoders put before and behind the sound."""
LARGEST = 8_192
"""Bytes: no frame of MPEG audio has more, and none of ADTS, whose length has 13 bits (ISO/IEC 13818-7); what follows the sound
has."""
MOST_PACKETS = 2_000_000


def length_of(descriptor: int, mime: str, told: float | None) -> float | None:
    """Seconds of a sound: as its container tells, unless that is a guess and its packets say otherwise. Raises
    Unprocessable."""
    if DEMUXERS[mime] not in ESTIMATED:
        return told
    with opened(descriptor, DEMUXERS[mime]) as container:
        counted = _counted(container)
    return told if counted is None or (told and abs(told - counted) <= CLOSE) else round(counted, 6)


def _counted(container: av.container.InputContainer) -> float | None:
    """None where there are none, or too many to be counted."""
    stream = container.streams.audio[0]
    packets, end = container.demux(stream), 0
    for packet in islice(packets, MOST_PACKETS):
        if packet.pts is not None and 0 < packet.size <= LARGEST:
            end = packet.pts + (packet.duration or 0)
    seconds = float((end - (stream.start_time or 0)) * (stream.time_base or Fraction(0)))
    return seconds if seconds > 0 and next(packets, None) is None else None
