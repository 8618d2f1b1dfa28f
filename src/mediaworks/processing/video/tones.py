"""High dynamic range shown as standard, in pictures as `segments.to_sdr` shows it in segments.

Curves: ITU-R BT.2100 table 4 (PQ) and table 5 (HLG), BT.2087 for the primaries, BT.1886 for what standard displays do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from av.video.reformatter import ColorTrc

from mediaworks.processing.image.vips import Image
from mediaworks.processing.video.segments import NOMINAL_NITS, PEAK

PQ_NITS, HLG_NITS = 10_000, 1_000
HLG_GAMMA = 1.2
DISPLAY_GAMMA = 2.4
BLACK = 1e-6
BT2020_TO_BT709 = [
    [1.660491, -0.587641, -0.072850],
    [-0.124550, 1.132900, -0.008349],
    [-0.018151, -0.100579, 1.118730],
]


def standard(image: Image, transfer: int) -> Image:
    """Of 16-bit RGB in BT.2020 and one of TRANSFERS, 8-bit RGB in BT.709."""
    linear = image.maplut(_table(transfer)).recomb(Image.new_from_array(BT2020_TO_BT709))
    brightest = _at_least(linear[0].bandrank([linear[1], linear[2]], index=2), BLACK)
    mapped = linear * (_hable(brightest) / (_hable(PEAK) * brightest))
    return (_at_least(mapped, 0) ** (1 / DISPLAY_GAMMA) * 255).rint().cast("uchar").copy(interpretation="srgb")


@cache
def _table(transfer: int) -> Image:
    """Light, 1 being the white of graphics, of each 16-bit value."""
    light, nits = TRANSFERS[transfer]
    return (light(Image.identity(ushort=True) / 65_535) * (nits / NOMINAL_NITS)).copy_memory()


def _pq(value: Image) -> Image:
    root = value ** (1 / (2523 / 32))
    share = _at_least(root - 3424 / 4096, 0) / (2413 / 128 - root * (2392 / 128))
    return share ** (1 / (2610 / 16_384))


def _hlg(value: Image) -> Image:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = (value <= 0.5).ifthenelse(value**2 / 3, (((value - c) / a).exp() + b) / 12)
    return scene**HLG_GAMMA


def _hable(light: Any) -> Any:
    """The curve of the filter `tonemap` of that name: by John Hable, for Uncharted 2."""
    return (light * (light * 0.15 + 0.05) + 0.004) / (light * (light * 0.15 + 0.5) + 0.06) - 1 / 15


def _at_least(image: Image, least: float) -> Image:
    return (image > least).ifthenelse(image, least)


TRANSFERS: Mapping[int, tuple[Callable[[Image], Image], int]] = {
    int(ColorTrc.SMPTE2084): (_pq, PQ_NITS),
    int(ColorTrc.ARIB_STD_B67): (_hlg, HLG_NITS),
}
"""Each with what makes light of its values, and how many nits its whole range is."""
