"""How alike two pictures look: SSIMULACRA 2.1, computed with libvips.

The measure (github.com/cloudinary/ssimulacra2): both pictures in linear light, halved from scale to scale, in XYB, the colour
space of JPEG XL that follows the cones of the eye; at each scale three maps of errors: what SSIM says of structure, edges where
the original is smooth (ringing, blocks), and smoothness where the original has edges; of each map the mean and the 4-norm; and
a weighted sum of those. Gaussians are cut off at five pixels where the reference filters recursively, and repeat the border.

100: the same. 90: no difference in a flicker test. 80: none side by side. 70: high quality. 50: medium. 30: low.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mediaworks.processing.image import vips
from mediaworks.processing.image.quality.weights import MEAN, TERMS, B, Term

SMALLEST = 8  # pixels a side, below which a scale says nothing
SIGMA = 1.5
EDGE = 0.003  # a Gaussian of that sigma is cut off where it is this small
C2 = 0.0009
GREYS = (25, 230)  # transparent pictures are looked at before both
BIAS = 0.0037930732552754493
LMS = (
    (0.30, 0.622, 0.078),
    (0.23, 0.692, 0.078),
    (0.24342268924547819, 0.20476744424496821, 0.5518098657995536),
)
ROOT = BIAS ** (1 / 3)
OPPONENTS = ((7.0, -7.0, 0.0), (0.5, 0.5, 0.0), (-0.5, -0.5, 1.0))
OFFSETS = (0.42, 0.01 - ROOT, 0.55)  # the roots of the bias fall out of X and B


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale of the original: some channels of XYB, their local means, and what counts there."""

    channels: tuple[int, ...]
    terms: tuple[Term, ...]
    image: vips.Image
    mean: vips.Image
    square: vips.Image


@dataclass(frozen=True, slots=True)
class Original:
    """What others are compared with, looked at once. sRGB of 8 or 16 bits, with or without alpha."""

    views: tuple[tuple[Scale, ...], ...]
    grounds: tuple[int, ...]

    @classmethod
    def of(cls, image: vips.Image) -> Original:
        grounds = GREYS if image.hasalpha() else GREYS[:1]
        return cls(tuple(_scales(_linear(image, ground)) for ground in grounds), grounds)

    def score(self, other: vips.Image) -> float:
        """Of a picture of the same size; of a transparent one the worse of two backgrounds."""
        pairs = zip(self.views, self.grounds, strict=True)
        return min(_score(scales, _linear(other, ground)) for scales, ground in pairs)


def _linear(image: vips.Image, ground: int) -> vips.Image:
    if image.hasalpha():
        image = image.flatten(background=ground * (257 if image.format == "ushort" else 1))
    return image.colourspace("scrgb").copy_memory()


def _scales(linear: vips.Image) -> tuple[Scale, ...]:
    scales: list[Scale] = []
    for terms in TERMS:
        if min(linear.width, linear.height) < SMALLEST:
            break
        channels = tuple(sorted({term.channel for term in terms}))
        image = _xyb(linear, channels).copy_memory()
        scales.append(
            Scale(channels, terms, image, _blurred(image).copy_memory(), _blurred(image * image).copy_memory())
        )
        linear = _halved(linear)
    return tuple(scales)


def _halved(linear: vips.Image) -> vips.Image:
    return linear.shrink(2, 2, ceil=True).copy_memory()


def _xyb(linear: vips.Image, channels: tuple[int, ...]) -> vips.Image:
    cones = 3 if B in channels else 2
    light = linear.recomb(_matrix(LMS[:cones])).linear(1, BIAS).clamp(min=0, max=10)
    rows = [OPPONENTS[channel][:cones] for channel in channels]
    return (
        (light ** (1 / 3)).recomb(_matrix(rows)).linear([1] * len(channels), [OFFSETS[channel] for channel in channels])
    )


def _matrix(rows: Sequence[Sequence[float]]) -> vips.Image:
    return vips.Image.new_from_array([list(row) for row in rows])


def _blurred(image: vips.Image) -> vips.Image:
    return image.gaussblur(SIGMA, min_ampl=EDGE, precision="float")


def _score(scales: tuple[Scale, ...], linear: vips.Image) -> float:
    total = 0.0
    for scale in scales:
        total += _errors(scale, linear)
        linear = _halved(linear)
    return _on_scale(total)


def _errors(scale: Scale, linear: vips.Image) -> float:
    """The weighted sum of this scale's maps."""
    bands = len(scale.channels)
    maps = _maps(scale, _xyb(linear, scale.channels).copy_memory())
    squares = maps * maps
    table = maps.bandjoin(squares * squares).stats()
    pixels = {(number % bands, number // bands): table(4, number + 1)[0] for number in range(6 * bands)}
    return math.fsum(term.weight * _norm(pixels, scale.channels.index(term.channel), term) for term in scale.terms)


def _norm(means: dict[tuple[int, int], float], band: int, term: Term) -> float:
    if term.norm == MEAN:
        return means[band, term.map]
    return math.sqrt(math.sqrt(means[band, term.map + 3]))


def _maps(scale: Scale, other: vips.Image) -> vips.Image:
    """Structure, ringing and blurring, one after another, each with a band for each channel."""
    mean = _blurred(other)
    apart = scale.mean - mean
    together = _blurred(scale.image * other) - scale.mean * mean
    spread = (scale.square - scale.mean * scale.mean) + (_blurred(other * other) - mean * mean)
    structure = 1 - (1 - apart * apart) * (2 * together + C2) / (spread + C2)
    edges = (1 + (other - mean).abs()) / (1 + (scale.image - scale.mean).abs()) - 1
    return structure.bandjoin([edges, -edges]).clamp(min=0, max=1e6)


def _on_scale(errors: float) -> float:
    weighted = 0.9562382616834844 * errors
    bent = 2.326765642916932 * weighted - 0.020884521182843837 * weighted**2 + 6.248496625763138e-05 * weighted**3
    return 100.0 - 10.0 * math.pow(max(bent, 0.0), 0.6276336467831387)
