"""Histograms and sharpness."""

from __future__ import annotations

from typing import Any

import pyvips
from tests.processing.image.test_fingerprint import picture

from mediaworks.processing.image.histogram import histogram_of
from mediaworks.processing.image.sharpness import sharpness_of
from mediaworks.testing import media


def test_a_histogram_counts_every_pixel_at_its_level() -> None:
    levels = pyvips.Image.xyz(256, 10)[0]
    image = levels.bandjoin([255 - levels, levels * 0 + 7]).cast("uchar").copy(interpretation="srgb")
    found = histogram_of(image)
    assert found.red == found.green == (10,) * 256
    assert found.blue == (0,) * 7 + (2560,) + (0,) * 248
    assert sum(found.luminance) == 2560


def test_grey_is_as_light_as_its_level() -> None:
    grey = (pyvips.Image.black(5, 5, bands=3) + 130).cast("uchar").copy(interpretation="srgb")
    found = histogram_of(grey)
    assert found.luminance[130] == found.red[130] == 25


def test_the_more_a_picture_is_blurred_the_less_sharp_it_is() -> None:
    noise = pyvips.Image.gaussnoise(400, 300, sigma=15, seed=1)
    sharp = (picture(1) + noise).cast("uchar").copy(interpretation="srgb")
    found = [sharpness_of(sharp.gaussblur(sigma) if sigma else sharp) for sigma in (0, 1, 2, 4)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 200 > 50 > found[-1]


def test_the_laplacian_is_that_of_the_definition() -> None:
    """One bright point in 5 × 5 of black: 4 of 9 inner places are its neighbours, one is itself."""
    point = pyvips.Image.black(5, 5, bands=3).draw_rect([90, 90, 90], 2, 2, 1, 1, fill=True)
    values = [0, 90, 0, 90, -360, 90, 0, 90, 0]
    mean = sum(values) / 9
    expected = sum((value - mean) ** 2 for value in values) / 8
    assert abs(sharpness_of(point.copy(interpretation="srgb")) - expected) < expected * 0.01


def test_a_picture_too_small_for_edges_has_none(understood: Any) -> None:
    found = understood(media.image(".png", 2, 2), "image/png")
    assert found.appearance.sharpness == 0
    assert sum(found.appearance.histogram.red) == 4
