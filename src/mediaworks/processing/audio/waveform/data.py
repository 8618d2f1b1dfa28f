"""Waveforms as numbers: the data format of audiowaveform, version 2 (its doc/DataFormat.md)."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

VERSION = 2
EIGHT_BITS = 1
HEADER = struct.Struct("<iIiiIi")
Bits = Literal[8, 16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """`values`: the least and the greatest sample of each channel, pixel by pixel, of 16 bits."""

    sample_rate: int
    samples_per_pixel: int
    channels: int
    values: array[int]

    @property
    def length(self) -> int:
        """In pixels."""
        return len(self.values) // (2 * self.channels)

    def coarser(self, times: int) -> Waveform:
        """With so many pixels in one; the last one may hold fewer."""
        if times == 1:
            return self
        columns = [_merged(column, times, number % 2) for number, column in enumerate(self.columns())]
        values = array("h", bytes(2 * len(columns) * len(columns[0])))
        for number, column in enumerate(columns):
            values[number :: len(columns)] = column
        return replace(self, samples_per_pixel=self.samples_per_pixel * times, values=values)

    def columns(self) -> Iterator[array[int]]:
        """The least of the first channel, the greatest of it, the least of the second, …"""
        for number in range(2 * self.channels):
            yield self.values[number :: 2 * self.channels]

    def dat(self, bits: Bits) -> bytes:
        flags = EIGHT_BITS if bits == 8 else 0
        header = (VERSION, flags, self.sample_rate, self.samples_per_pixel, self.length, self.channels)
        return HEADER.pack(*header) + (self._in_8_bits() if bits == 8 else _little_endian(self.values).tobytes())

    def json(self, bits: Bits) -> bytes:
        return msgspec.json.encode(
            {
                "version": VERSION,
                "channels": self.channels,
                "sample_rate": self.sample_rate,
                "samples_per_pixel": self.samples_per_pixel,
                "bits": bits,
                "length": self.length,
                "data": (array("b", self._in_8_bits()) if bits == 8 else self.values).tolist(),
            }
        )

    def _in_8_bits(self) -> bytes:
        """The upper byte of each."""
        return _little_endian(self.values).tobytes()[1::2]


def read_dat(content: bytes) -> Waveform:
    """What `Waveform.dat` wrote with 16 bits."""
    _, _, sample_rate, samples_per_pixel, _, channels = HEADER.unpack_from(content)
    return waveform_of(
        content[HEADER.size :], sample_rate=sample_rate, samples_per_pixel=samples_per_pixel, channels=channels
    )


def waveform_of(pairs: bytes, *, sample_rate: int, samples_per_pixel: int, channels: int) -> Waveform:
    """`pairs` are little-endian."""
    values = array("h")
    values.frombytes(pairs)
    return Waveform(
        sample_rate=sample_rate, samples_per_pixel=samples_per_pixel, channels=channels, values=_little_endian(values)
    )


def _merged(column: array[int], times: int, is_greatest: int) -> array[int]:
    """Without a step of Python for each value: those that come together are read side by side."""
    times = min(times, len(column))
    column.extend(column[-1:] * (-len(column) % times))
    beside = [column[number::times] for number in range(times)]
    return array("h", map(max if is_greatest else min, *beside) if times > 1 else column)


def _little_endian(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values
