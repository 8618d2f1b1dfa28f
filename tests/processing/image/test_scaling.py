"""No more is decoded than the recipes need, and what comes out is what the direct way makes."""

from __future__ import annotations

from typing import Any

import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st
from tests.processing.image.conftest import Json, Render

from mediaworks.processing.image import operations
from mediaworks.processing.image.operations import Scene
from mediaworks.processing.image.operations.canvas import drawn
from mediaworks.processing.image.scaling import SPARE, needed
from mediaworks.testing import media

SIZE = 2400, 1600


@pytest.fixture(scope="module")
def detailed() -> bytes:
    """Smooth shapes, edges and some grain, as a photograph has them."""
    shapes = "".join(
        f'<circle cx="{(n * 389) % 2400}" cy="{(n * 617) % 1600}" r="{20 + n * 37 % 160}" fill="hsl({n * 47},60%,{30 + n % 5 * 10}%)"/>'
        for n in range(90)
    )
    picture = drawn(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="2400" height="1600"><rect width="2400" height="1600" fill="#789"/>{shapes}</svg>'
    )
    grain = pyvips.Image.gaussnoise(*SIZE, sigma=4, mean=0, seed=1)
    return bytes((picture.extract_band(0, n=3) + grain).cast("uchar").write_to_buffer(".jpg", Q=92))


def direct(content: bytes, recipe: list[Json]) -> Any:
    image = pyvips.Image.new_from_buffer(content, "").autorot()
    for operation in operations.read(recipe):
        image = operation.apply(image, Scene())
    return image


def similarity(one: Any, other: Any) -> float:
    """The mean of SSIM (Wang and others, 2004) over brightness."""
    one, other = (image.extract_band(0, n=3).colourspace("b-w").cast("float") for image in (one, other))

    def smooth(image: Any) -> Any:
        return image.gaussblur(1.5, precision="float")

    mean, mean2 = smooth(one), smooth(other)
    spread, spread2 = smooth(one * one) - mean**2, smooth(other * other) - mean2**2
    together = smooth(one * other) - mean * mean2
    above = (mean * mean2 * 2 + 6.5025) * (together * 2 + 58.5225)
    return float((above / ((mean**2 + mean2**2 + 6.5025) * (spread + spread2 + 58.5225))).avg())


@pytest.mark.parametrize(
    "recipe",
    [
        [{"type": "resize", "width": 300}],
        [{"type": "resize", "width": 333, "height": 333, "fit": "cover"}],
        [{"type": "resize", "width": 500, "height": 140, "fit": "force"}],
        [{"type": "resize", "width": 400, "height": 400, "fit": "pad"}, {"type": "blur", "sigma": 2}],
        [{"type": "rotate", "angle": 90}, {"type": "flip", "direction": "vertical"}, {"type": "resize", "height": 300}],
        [{"type": "crop", "ratio": "1:1", "focus": [0.3, 0.4]}, {"type": "resize", "width": 256}],
        [{"type": "crop", "x": 501, "y": 333, "width": 1203, "height": 907}, {"type": "resize", "width": 211}],
        [{"type": "rotate", "angle": 270}, {"type": "crop", "x": 11, "y": 707, "width": 903, "height": 1001}, {"type": "resize", "width": 150}],
        [{"type": "crop", "width": 1000, "height": 800, "gravity": "north_east"}, {"type": "resize", "width": 100, "height": 90, "fit": "force"}],
        [{"type": "crop", "ratio": "16:9", "gravity": "entropy"}, {"type": "resize", "width": 200}],
    ],
)  # fmt: skip
def test_the_short_way_makes_what_the_direct_one_makes(render: Render, detailed: bytes, recipe: list[Json]) -> None:
    made, wanted = render(detailed, "image/jpeg", recipe).picture(), direct(detailed, recipe)
    assert (made.width, made.height) == (wanted.width, wanted.height)
    assert similarity(made, wanted) >= 0.985


def test_several_renditions_of_one_decode_are_as_good_as_each_alone(render: Render, detailed: bytes) -> None:
    recipes: list[list[Json]] = [[{"type": "resize", "width": width}] for width in (200, 420, 640, 700, 1280)]
    made = render(detailed, "image/jpeg", renditions=[(recipe, {"format": "png"}) for recipe in recipes])
    for number, recipe in enumerate(recipes):
        wanted = direct(detailed, recipe)
        assert (made.picture(number).width, made.picture(number).height) == (wanted.width, wanted.height)
        assert similarity(made.picture(number), wanted) >= 0.985


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_short_way_follows_the_camera_s_rotation(render: Render, orientation: int) -> None:
    content = media.photo_with_camera_data(orientation)
    recipe: list[Json] = [
        {"type": "crop", "width": 180, "height": 160, "gravity": "south_east"},
        {"type": "resize", "width": 45},
    ]
    for steps in (recipe, recipe[1:]):
        made, wanted = render(content, "image/jpeg", steps).picture(), direct(content, steps)
        assert (made.width, made.height) == (wanted.width, wanted.height)
        assert (made.cast("int") - wanted).abs().max() <= 12


def test_a_smaller_copy_stands_for_the_original(render: Render, detailed: bytes) -> None:
    """Crops are in pixels of the original, whatever is decoded."""
    recipe: list[Json] = [
        {"type": "crop", "x": 800, "y": 200, "width": 1000, "height": 1000},
        {"type": "resize", "width": 150},
    ]
    copy = bytes(pyvips.Image.thumbnail_buffer(detailed, 1200).write_to_buffer(".png"))
    made = render(copy, "image/png", recipe, size=SIZE).picture()
    assert (made.width, made.height) == (150, 150)
    assert similarity(made, direct(detailed, recipe)) >= 0.985


@pytest.mark.parametrize(
    ("recipes", "size"),
    [
        ([[{"type": "resize", "width": 240}]], (240, 160)),
        ([[{"type": "resize", "width": 240}], [{"type": "resize", "width": 600}]], (600, 400)),
        ([[{"type": "resize", "width": 240, "kernel": "nearest"}]], SIZE),
        ([[{"type": "resize", "width": 5000, "enlarge": True}]], SIZE),
        ([[{"type": "rotate", "angle": 90}, {"type": "resize", "width": 160}]], (240, 160)),
        ([[{"type": "rotate", "angle": 45}, {"type": "resize", "width": 160}]], SIZE),
        ([[{"type": "blur", "sigma": 2}, {"type": "resize", "width": 160}]], SIZE),
        ([[{"type": "crop", "ratio": "3:2"}, {"type": "resize", "width": 80}]], (round(80 * SPARE), round(160 / 3 * SPARE))),
        ([[{"type": "crop", "ratio": "1:1", "gravity": "attention"}, {"type": "resize", "width": 80}]], SIZE),
        ([[{"type": "resize", "width": 240}], []], SIZE),
    ],
)  # fmt: skip
def test_what_must_be_decoded_is_known_beforehand(recipes: list[list[Json]], size: tuple[int, int]) -> None:
    found = needed(SIZE, [operations.read(recipe) for recipe in recipes])
    assert found == pytest.approx(size, abs=2)


@given(
    st.tuples(st.integers(1, 9000), st.integers(1, 9000)),
    st.integers(1, 3000),
    st.sampled_from(["fit", "cover", "force", "outside", "pad"]),
)
def test_no_recipe_needs_more_than_there_is_nor_less_than_it_makes(size: tuple[int, int], width: int, fit: str) -> None:
    (resize,) = operations.read([{"type": "resize", "width": width, "height": 700, "fit": fit}])
    found = needed(size, [[resize]])
    assert 1 <= found[0] <= size[0]
    assert 1 <= found[1] <= size[1]
    assert resize.scaled(*size) == found  # type: ignore[attr-defined]
