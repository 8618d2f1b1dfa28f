"""A perceptual hash of 64 bits: pictures that look alike differ in few of them.

The DCT hash of C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), as pHash
(phash.org) computes it: 32 × 32 pixels of grey, their discrete cosine transform, of that the 8 × 8 lowest frequencies
without the row and the column of the constant part, a bit for each that lies above their median. The first bit is the most
significant, rows first.
"""

from __future__ import annotations

import math
from operator import mul
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


SIDE = 32
KEPT = 8
LEAST_WAVE = 0.5  # grey levels: where no wave is stronger, what is left is rounding
_WAVES = tuple(
    tuple(math.cos(math.pi / SIDE * frequency * (place + 0.5)) for place in range(SIDE))
    for frequency in range(1, KEPT + 1)
)
Spectrum = list[list[float]]


def fingerprints_of(image: Image) -> tuple[str, ...]:
    """The hash, 16 hexadecimal digits, of an sRGB picture without alpha as it is, then of its seven mirrored and turned
    views. None of a picture without structure, such as a plain area: it would be as near to all others."""
    spectrum = _spectrum(_grey(image))
    strongest = max(abs(wave) for row in spectrum for wave in row)
    if strongest < LEAST_WAVE * SIDE * SIDE / 4:
        return ()
    across = [list(column) for column in zip(*spectrum, strict=True)]
    return tuple(_bits(view) for base in (spectrum, across) for view in _mirrored(base))


def distance(one: str, other: str) -> int:
    """How many bits differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _grey(image: Image) -> list[bytes]:
    small = image.colourspace("b-w").thumbnail_image(SIDE, height=SIDE, size="force")
    data = bytes(small.cast("uchar").write_to_memory())
    return [data[at : at + SIDE] for at in range(0, len(data), SIDE)]


def _spectrum(rows: list[bytes]) -> Spectrum:
    """Row v, column u: the strength of v + 1 half waves down and u + 1 across."""
    across = [[sum(map(mul, row, wave)) for row in rows] for wave in _WAVES]
    return [[sum(map(mul, column, wave)) for column in across] for wave in _WAVES]


def _mirrored(spectrum: Spectrum) -> list[Spectrum]:
    """As it is, mirrored left to right, upside down, and both: a mirror negates the odd waves (DCT-II is even or odd)."""
    turned = [[_odd(u) * wave for u, wave in enumerate(row)] for row in spectrum]
    return [view for one in (spectrum, turned) for view in (one, [[_odd(v) * w for w in r] for v, r in enumerate(one)])]


def _odd(index: int) -> int:
    return 1 if index % 2 else -1  # the first wave kept is that of frequency 1


def _bits(spectrum: Spectrum) -> str:
    waves = [wave for row in spectrum for wave in row]
    middle = median(waves)
    number = sum(1 << (len(waves) - 1 - place) for place, wave in enumerate(waves) if wave > middle)
    return f"{number:016x}"
