"""The measure of likeness, against what an implementation in double precision says of the same pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import pyvips

from mediaworks.processing.image.quality.similarity import Original
from mediaworks.testing import media

SIZE = 256
Change = Callable[[Any], Any]


def waves() -> Any:
    at = pyvips.Image.xyz(SIZE, SIZE)
    x, y = at[0], at[1]
    red = (x * 3 + y * 2).sin() * 40 + (x * 17).sin() * 20 + x * 0.4 + 40
    green = (x * 2 - y * 5).cos() * 35 + (y * 23).sin() * 15 + y * 0.4 + 50
    blue = (x * 7 + y * 7).sin() * 30 + (x + y) * 0.2 + 60
    return as_bytes(red.bandjoin([green, blue]))


def as_bytes(image: Any) -> Any:
    return image.cast("uchar").copy(interpretation="srgb").copy_memory()


def dots(image: Any) -> Any:
    at = pyvips.Image.xyz(SIZE, SIZE)
    return image + (at[0] * 37 + at[1] * 91).sin() * 6


# The package ssimulacra2 0.3.0 (NumPy) of these very pictures, its Gaussian made to repeat the border as ours does.
REFERENCE: dict[str, tuple[Change, float]] = {
    "the same": (lambda image: image, 100.0),
    "a little soft": (lambda image: image.gaussblur(0.8), 96.82),
    "soft": (lambda image: image.gaussblur(2), 74.83),
    "few shades": (lambda image: image // 12 * 12 + 6, 78.53),
    "brighter": (lambda image: image * 1.04, 85.58),
    "blocks": (lambda image: image.shrink(2, 2).zoom(2, 2), 91.97),
    "tinted": (lambda image: image.linear(1, [4, -3, 2]), 88.89),
    "dotted": (dots, 80.12),
}


@pytest.mark.parametrize("name", REFERENCE)
def test_scores_are_those_of_ssimulacra_2(name: str) -> None:
    change, wanted = REFERENCE[name]
    original = waves()
    assert Original.of(original).score(as_bytes(change(original))) == pytest.approx(wanted, abs=0.1)


def test_a_better_jpeg_scores_higher() -> None:
    photo = pyvips.Image.new_from_buffer(media.photo(160, 160), "").gaussblur(1).cast("uchar").copy_memory()
    original = Original.of(photo)
    scores = [
        original.score(pyvips.Image.new_from_buffer(photo.jpegsave_buffer(Q=quality), ""))
        for quality in (10, 30, 50, 70, 85)
    ]
    assert scores == sorted(scores)
    assert scores[0] < 50 < 75 < scores[-1] < 100


def test_damage_behind_full_transparency_is_not_seen_and_to_transparency_is() -> None:
    there = waves()
    clear = as_bytes(there.bandjoin(pyvips.Image.black(SIZE, SIZE)))
    assert Original.of(clear).score(as_bytes((there * 0.5).bandjoin(pyvips.Image.black(SIZE, SIZE)))) == pytest.approx(
        100
    )
    solid = as_bytes(there.bandjoin(pyvips.Image.black(SIZE, SIZE) + 255))
    assert Original.of(solid).score(as_bytes(there.bandjoin(pyvips.Image.black(SIZE, SIZE) + 128))) < 50


@pytest.mark.parametrize("size", [8, 9, 17, 33])
def test_small_pictures_have_a_score_too(size: int) -> None:
    image = waves().crop(0, 0, size, size).copy_memory()
    original = Original.of(image)
    assert original.score(image) == pytest.approx(100, abs=0.01)
    assert original.score(as_bytes(image.gaussblur(3))) < 90
