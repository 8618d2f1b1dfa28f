"""Pictures that are given as they were coded: cut between their groups, not encoded anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mediaworks.processing.video.model import Packets

LONGEST_SEGMENT = 10  # seconds
LARGEST_SEGMENT = 32 << 20


@dataclass(frozen=True, slots=True)
class CutGrid:
    """Segments of whole groups of pictures: where each begins, in units of a second, how large it is, and where the last ends."""

    rate: Fraction
    timescale: int
    begins: tuple[int, ...]
    sizes: tuple[int, ...]
    end: int

    @classmethod
    def of(cls, packets: Packets, rate: Fraction, seconds: float) -> CutGrid:
        """Of as many groups each as come nearest to `seconds`."""
        chosen = _chosen([cut.time for cut in packets.cuts], packets.end, round(seconds * packets.timescale))
        bounds = [*chosen[1:], len(packets.cuts)]
        sizes = (sum(cut.size for cut in packets.cuts[a:b]) for a, b in zip(chosen, bounds, strict=True))
        begins = tuple(packets.cuts[number].time for number in chosen)
        return cls(rate, packets.timescale, begins, tuple(sizes), packets.end)

    @property
    def segments(self) -> int:
        return len(self.begins)

    def stop(self, segment: int) -> int:
        """Where it ends."""
        return self.begins[segment + 1] if segment + 1 < self.segments else self.end

    def start(self, segment: int) -> Fraction:
        return Fraction(self.begins[segment], self.timescale)

    def seconds(self, segment: int) -> Fraction:
        """How long it is, exactly."""
        return Fraction(self.stop(segment) - self.begins[segment], self.timescale)

    def decode_time(self, segment: int) -> int:
        return self.begins[segment]

    @property
    def is_sound(self) -> bool:
        """Whether no segment is too long or too large to be given whole."""
        longest = max(self.stop(number) - begin for number, begin in enumerate(self.begins))
        return longest <= LONGEST_SEGMENT * self.timescale and max(self.sizes) <= LARGEST_SEGMENT

    @property
    def average_bits(self) -> int:
        """Of a second."""
        return round(sum(self.sizes) * 8 * self.timescale / max(1, self.end - self.begins[0]))

    @property
    def peak_bits(self) -> int:
        """Of a second of the segment that has most."""
        return max(round(size * 8 / self.seconds(number)) for number, size in enumerate(self.sizes))


def _chosen(times: Sequence[int], end: int, length: int) -> list[int]:
    """The numbers of the cuts at which segments of about `length` begin."""
    chosen, bounds = [0], [*times, end]
    number = 1
    while number < len(bounds):
        wanted, before = bounds[chosen[-1]] + length, number - 1
        if bounds[number] < wanted:
            number += 1
        elif before > chosen[-1] and wanted - bounds[before] < bounds[number] - wanted:
            chosen.append(before)
        else:
            chosen.append(number)
            number += 1
    return [number for number in chosen if number < len(times)]
