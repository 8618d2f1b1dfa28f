"""Where the packets of a sound track exactly lie, in containers whose time stamps are rounded to milliseconds."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from typing import Any

import av

PACKETS = 500
ROUNDED_BY = Fraction(2, 1000)  # a time stamp, and the one that it is compared with


def packets_of(container: av.container.InputContainer, index: int) -> tuple[int, int]:
    """Samples of each packet of stream `index`, and where the first sound ends, modulo that; zeros when they differ."""
    stream = container.streams[index]
    assert isinstance(stream, av.AudioStream)
    rate, base = stream.sample_rate, stream.time_base or Fraction(1, 1000)
    start = Fraction(container.start_time or 0, av.time_base)
    times: list[Fraction] = []
    end: int | None = None
    for packet in islice(container.demux(stream), PACKETS):
        if packet.pts is not None:
            times.append(packet.pts * base - start)
        if end is None:
            end = _first_end(packet, base, start, rate)
    size = _steady(times, rate)
    return (size, end % size) if size and end is not None else (0, 0)


def _first_end(packet: av.Packet[Any], base: Fraction, start: Fraction, rate: int) -> int | None:
    """The sample at which the first sound ends; what begins within a rounding of zero begins at zero."""
    for frame in packet.decode():
        if isinstance(frame, av.AudioFrame) and frame.pts is not None:
            begin = frame.pts * base - start
            return (0 if abs(begin) < ROUNDED_BY else round(begin * rate)) + frame.samples
    return None


def _steady(times: list[Fraction], rate: int) -> int:
    """How many samples lie between packets that are evenly spaced; 0 when they are not."""
    if len(times) < 3:
        return 0
    size = round((times[-1] - times[1]) / (len(times) - 2) * rate)
    steps = (abs(time - times[1] - Fraction(size * number, rate)) for number, time in enumerate(times[1:]))
    return size if size > 0 and max(steps) < ROUNDED_BY else 0
