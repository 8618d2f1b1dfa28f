"""What each error map weighs in the score.

SSIMULACRA 2.1 (Jon Sneyers, Cloudinary, 2023; github.com/cloudinary/ssimulacra2, BSD-3-Clause) has 108 weights, tuned on
subjective scores of compressed pictures. These are the 27 above 0.01; the others change no score by 0.01.
"""

from __future__ import annotations

from typing import NamedTuple

X, Y, B = range(3)
SSIM, RINGING, BLURRING = range(3)
MEAN, QUARTIC = range(2)


class Term(NamedTuple):
    """`channel` of XYB, `map` of errors, `norm`: the mean, or the 4-norm that worst places rule."""

    channel: int
    map: int
    norm: int
    weight: float


TERMS: tuple[tuple[Term, ...], ...] = (
    (
        Term(Y, SSIM, QUARTIC, 7.466890328078848),
        Term(Y, BLURRING, QUARTIC, 17.445833984131262),
    ),
    (
        Term(X, SSIM, QUARTIC, 1.1041726426657346),
        Term(Y, SSIM, QUARTIC, 6.683678146179332),
        Term(Y, BLURRING, QUARTIC, 1.027889937768264),
    ),
    (
        Term(X, SSIM, QUARTIC, 1.8422455520539298),
        Term(X, RINGING, QUARTIC, 11.441172603757666),
        Term(Y, SSIM, MEAN, 225.20515300849274),
        Term(Y, SSIM, QUARTIC, 19.213238186143016),
    ),
    (
        Term(X, SSIM, QUARTIC, 1.8787594979546387),
        Term(X, RINGING, QUARTIC, 10.94906990605142),
        Term(Y, SSIM, MEAN, 176.39317598450694),
        Term(Y, SSIM, QUARTIC, 24.43300999870476),
        Term(Y, RINGING, QUARTIC, 0.28520802612117757),
        Term(B, SSIM, QUARTIC, 8.826982764996862),
        Term(B, RINGING, QUARTIC, 23.19243343998926),
    ),
    (
        Term(X, RINGING, MEAN, 0.9677937080626833),
        Term(X, RINGING, QUARTIC, 0.9981766977854967),
        Term(Y, SSIM, QUARTIC, 34.77906344483772),
        Term(Y, RINGING, QUARTIC, 44.835625328877896),
        Term(B, SSIM, MEAN, 95.1080498811086),
        Term(B, RINGING, MEAN, 0.9863978034400682),
        Term(B, BLURRING, MEAN, 0.9834382792465353),
        Term(B, RINGING, QUARTIC, 171.2667255897307),
        Term(B, BLURRING, QUARTIC, 0.9807858872435379),
    ),
)  # one line for each scale: 1:1, 1:2, 1:4, 1:8, 1:16
