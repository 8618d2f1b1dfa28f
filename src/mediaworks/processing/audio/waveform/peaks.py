"""The peaks of a sound. Only sandbox children import this module: it decodes, and libvips looks for the extremes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

import av

from mediaworks.errors import Unprocessable
from mediaworks.processing.audio.hearing import track_of
from mediaworks.processing.audio.waveform.model import BASE, Peaks, WaveformRequest
from mediaworks.processing.image import vips
from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.opening import opened

SAMPLE = 2
PIXELS_AT_ONCE = 4_096


class Extremes:
    """Takes packed samples of 16 bits, gives the least and the greatest of each BASE of them, channel by channel; looks for
    them in a thread, while whoever calls decodes what follows. To be closed by `with`."""

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self.mixed = bytearray()
        self.single = bytearray()
        self._waiting = bytearray()
        self._pixel = BASE * channels * SAMPLE
        self._thread = ThreadPoolExecutor(1)
        self._working: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()

    def take(self, samples: bytes) -> None:
        self._waiting += samples
        if len(self._waiting) >= PIXELS_AT_ONCE * self._pixel:
            self._work()

    def end(self) -> None:
        """What is missing of the last pixel is as its last sample."""
        if self._waiting:
            missing = -len(self._waiting) % self._pixel
            last = self._waiting[-self.channels * SAMPLE :]
            self._waiting += last * (missing // len(last))
            self._work()
        self._finish()

    def _work(self) -> None:
        count = len(self._waiting) // self._pixel
        taken = bytes(self._waiting[: count * self._pixel])
        del self._waiting[: len(taken)]
        self._finish()
        self._working = self._thread.submit(self._look, taken, count)

    def _finish(self) -> None:
        if self._working is not None:
            self._working.result()

    def _look(self, taken: bytes, count: int) -> None:
        """The rows of a picture are pixels of the waveform, its columns their samples, its bands the channels."""
        rows = vips.Image.new_from_memory(taken, BASE, count, self.channels, "short")
        self.mixed += _pairs(rows.bandmean() if self.channels > 1 else rows)
        if self.channels > 1:
            self.single += _pairs(rows)


def peaks(descriptor: int, request: WaveformRequest, out: int) -> Peaks:
    """Of the first sound; written into `out`. Raises Unprocessable."""
    with opened(descriptor, DEMUXERS[request.mime]) as container:
        stream = track_of(container, 0)
        rate = stream.sample_rate
        with Extremes(stream.channels) as extremes:
            for samples in _samples(container, stream):
                extremes.take(samples)
            extremes.end()
    if not extremes.mixed:
        raise Unprocessable("The recording holds no sound that can be decoded")
    _write(out, extremes.mixed + extremes.single)
    return Peaks(sample_rate=rate, channels=extremes.channels, length=len(extremes.mixed) // (2 * SAMPLE))


def _samples(container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[bytes]:
    """What can be decoded, packed, as the headers say that it is."""
    width = stream.channels * SAMPLE
    layout, rate = stream.layout, stream.sample_rate
    resampler = av.AudioResampler(format="s16", layout=layout, rate=rate)
    for packet in container.demux(stream):
        for frame in _frames(packet):
            try:
                converted = resampler.resample(frame)
            except ValueError:  # the sound became another in its middle
                resampler = av.AudioResampler(format="s16", layout=layout, rate=rate)
                converted = resampler.resample(frame)
            yield from (bytes(one.planes[0])[: one.samples * width] for one in converted)
    yield from (bytes(one.planes[0])[: one.samples * width] for one in resampler.resample(None))


def _frames(packet: av.Packet[av.AudioStream]) -> list[av.AudioFrame]:
    try:
        return [frame for frame in packet.decode() if isinstance(frame, av.AudioFrame)]
    except av.FFmpegError:
        return []


def _pairs(rows: vips.Image) -> bytes:
    """Minimum and maximum of each row, for one band after another."""
    least, greatest = _ranked(rows, 0), _ranked(rows, BASE - 1)
    bands = [image.extract_band(band) for band in range(rows.bands) for image in (least, greatest)]
    return bytes(bands[0].bandjoin(bands[1:]).write_to_memory())


def _ranked(rows: vips.Image, index: int) -> vips.Image:
    """The window of a rank filter is as wide as a row; in the middle of one it covers just that."""
    return rows.rank(BASE, 1, index).extract_area(BASE // 2, 0, 1, rows.height)


def _write(out: int, data: bytes | bytearray) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(out, view) :]
