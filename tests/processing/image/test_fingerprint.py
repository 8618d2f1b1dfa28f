"""Fingerprints stay nearly the same when a picture is changed a little, and differ where pictures do."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaworks.processing.image.fingerprint import distance, fingerprints_of

PICTURES = 12
Change = Callable[[pyvips.Image], pyvips.Image]


@cache
def picture(seed: int, width: int = 400, height: int = 300) -> pyvips.Image:
    """Something with shapes of every size, as photographs have; none like another."""
    light = sum(
        (pyvips.Image.perlin(width, height, cell_size=cell, seed=seed * 31 + cell) * (cell / 3) for cell in (16, 48, 96, 192)),
        start=pyvips.Image.black(width, height) + 128,
    )  # fmt: skip
    bands = light.bandjoin([light * 0.8 + 20, 255 - light])
    return bands.cast("uchar").copy(interpretation="srgb").copy_memory()


def fingerprint(image: pyvips.Image) -> str:
    return fingerprints_of(image)[0]


def recompressed(image: pyvips.Image, suffix: str, quality: int) -> pyvips.Image:
    return pyvips.Image.new_from_buffer(image.write_to_buffer(suffix, Q=quality), "").copy_memory()


def cropped(image: pyvips.Image, share: float) -> pyvips.Image:
    left, top = int(image.width * share), int(image.height * share)
    return image.crop(left, top, image.width - 2 * left, image.height - 2 * top)


def shifted(image: pyvips.Image, levels: float) -> pyvips.Image:
    return (image + levels).cast("uchar").copy(interpretation="srgb")


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, PICTURES - 1),
    scale=st.floats(0.3, 2),
    quality=st.integers(30, 95),
    suffix=st.sampled_from([".jpg", ".webp"]),
    levels=st.floats(-20, 20),
)
def test_a_resized_brightened_and_recompressed_picture_stays_within_ten_bits(
    seed: int, scale: float, quality: int, suffix: str, levels: float
) -> None:
    changed = recompressed(shifted(picture(seed).resize(scale), levels), suffix, quality)
    assert distance(fingerprint(picture(seed)), fingerprint(changed)) <= 10


@pytest.mark.parametrize("seed", range(PICTURES))
def test_a_little_cut_off_at_each_side_leaves_it_near(seed: int) -> None:
    assert distance(fingerprint(picture(seed)), fingerprint(cropped(picture(seed), 0.01))) <= 12


def test_different_pictures_differ_in_many_bits() -> None:
    found = [fingerprint(picture(seed)) for seed in range(PICTURES)]
    assert min(distance(one, other) for one, other in itertools.combinations(found, 2)) > 16


@pytest.mark.parametrize("seed", range(4))
def test_the_other_seven_are_those_of_the_mirrored_and_turned_picture(seed: int) -> None:
    image = picture(seed, 320, 320)
    views = fingerprints_of(image)
    turned = [image.rot(turn) for turn in ("d0", "d90", "d180", "d270")]
    for view in (*turned, *(one.fliphor() for one in turned)):
        own = fingerprint(view.copy_memory())
        assert min(distance(own, known) for known in views) <= 6
    assert len(set(views)) == 8
    assert distance(views[0], fingerprint(image)) == 0


def test_a_plain_area_has_none() -> None:
    for shade in (0, 77, 255):
        plain = (pyvips.Image.black(200, 100, bands=3) + shade).cast("uchar").copy(interpretation="srgb")
        assert fingerprints_of(plain) == ()


def test_it_is_that_of_the_definition() -> None:
    """Of a wave that goes three halves across and two down only that one stands out: in row 2, column 3 of 8."""
    places = pyvips.Image.xyz(32, 32)
    wave = ((places[0] + 0.5) * (180 * 3 / 32)).cos() * ((places[1] + 0.5) * (180 * 2 / 32)).cos() * 100
    for sign, bit in ((1, "1"), (-1, "0")):
        grey = wave * sign + 128
        image = grey.bandjoin([grey, grey]).cast("uchar").copy(interpretation="srgb")
        assert f"{int(fingerprint(image), 16):064b}"[8 * 1 + 2] == bit


def test_the_whole_picture_counts_when_it_is_taken_in(understood: Any) -> None:
    """Not the square that is cut for a thumbnail."""
    wide = picture(3, 900, 300)
    found = understood(bytes(wide.write_to_buffer(".png")), "image/png")
    assert distance(found.appearance.fingerprints[0], fingerprint(wide)) <= 3
