"""The filters look as a browser paints them: the mean difference of colours is below what an eye tells apart."""

from __future__ import annotations

from typing import Any

import pytest
import pyvips
from tests.processing.image import chromium, golden

from mediaworks.processing.image import operations
from mediaworks.processing.image.operations import Scene
from mediaworks.processing.image.operations.filters.named import NAMED
from mediaworks.processing.image.operations.filters.recipe import Recipe

pytestmark = pytest.mark.skipif(chromium.PROGRAM is None, reason="Chromium is not installed")

LIMIT = 2.0


def photo() -> Any:
    """Light, shadow, skin, sky and leaves, with grain."""
    grain = pyvips.Image.gaussnoise(golden.WIDTH, golden.HEIGHT, sigma=7, mean=0, seed=2)
    soft = golden.picture().gaussblur(1.2)
    light = pyvips.Image.xyz(golden.WIDTH, golden.HEIGHT)[0] / golden.WIDTH * 0.7 + 0.5
    return (soft * light + grain).cast("uchar").copy(interpretation="srgb")


def chart() -> Any:
    """All hues at four lightnesses, greys, and the corners of the cube."""
    hues = pyvips.Image.xyz(golden.WIDTH, golden.HEIGHT)
    lightness = (hues[1] * 8 / golden.HEIGHT).floor() * 12 + 8
    lch = lightness.bandjoin([((hues[0] * 4 / golden.WIDTH) % 1) * 40 + 20, hues[0] * 360 / golden.WIDTH])
    colours = lch.copy(interpretation="lch").colourspace("srgb").cast("uchar")
    ramp = (hues[0] * 255 / golden.WIDTH).cast("uchar")
    grey = ramp.bandjoin([ramp, ramp]).crop(0, 0, golden.WIDTH, 20)
    for number, corner in enumerate(
        ([255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [0, 255, 255], [255, 0, 255])
    ):
        colours = colours.draw_rect(corner, 40 * number, 140, 40, 20, fill=True)
    return colours.insert(grey, 0, 0).copy(interpretation="srgb")


@pytest.fixture(scope="module")
def pictures() -> dict[str, Any]:
    return {"photo": photo().copy_memory(), "chart": chart().copy_memory()}


@pytest.fixture(scope="module")
def browser(pictures: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> chromium.Seen:
    return chromium.painted({"nothing": Recipe(), **NAMED}, pictures, tmp_path_factory.mktemp("chromium"))


@pytest.mark.parametrize("picture", ["photo", "chart"])
@pytest.mark.parametrize("name", NAMED)
def test_a_filter_looks_as_in_the_browser(
    pictures: dict[str, Any], browser: chromium.Seen, name: str, picture: str
) -> None:
    (look,) = operations.read([{"type": "filter", "name": name, "strength": 100}])
    ours, theirs = look.apply(pictures[picture], Scene()), browser[name, picture]
    assert ours.dE00(theirs.copy(interpretation="srgb")).avg() <= LIMIT


def test_the_oracle_shows_a_picture_as_it_is(pictures: dict[str, Any], browser: chromium.Seen) -> None:
    for name, picture in pictures.items():
        assert (browser["nothing", name].cast("int") - picture).abs().max() == 0
