"""Animations go through every step frame by frame and keep their time."""

from __future__ import annotations

import json
from typing import Any

import pytest
import pyvips
from tests.processing.image import golden
from tests.processing.image.conftest import Json, Made, Render

from mediaworks.processing.image import operations
from mediaworks.processing.image.operations import Scene

DELAYS = [40, 70, 100, 130]
SIDE = 120
WEBP: Json = {"format": "webp", "lossless": True}


@pytest.fixture(scope="module")
def film() -> bytes:
    """A square that wanders to the right over a ground that grows lighter; plays three times."""
    frames = []
    for number in range(len(DELAYS)):
        ground = (pyvips.Image.xyz(SIDE, SIDE) * [0.5, 1]).bandjoin(40 + 20 * number).cast("uchar")
        frames.append(ground.draw_rect([250, 40, 40], 10 + 25 * number, 40, 20, 20, fill=True))
    strip = pyvips.Image.arrayjoin(frames, across=1).copy(interpretation="srgb")
    strip.set_type(pyvips.GValue.gint_type, "page-height", SIDE)
    strip.set_type(pyvips.GValue.gint_type, "loop", 3)
    strip.set_type(pyvips.GValue.array_int_type, "delay", DELAYS)
    return bytes(strip.write_to_buffer(".webp", lossless=True))


def frames_of(made: Made) -> list[Any]:
    strip = made.picture(n=-1)
    height = strip.get("page-height")
    return [strip.crop(0, top, strip.width, height) for top in range(0, strip.height, height)]


@pytest.mark.parametrize(
    "recipe",
    [recipe for recipe in golden.RECIPES if recipe["type"] not in {"filter", "compress"}],
    ids=lambda recipe: json.dumps(recipe)[:60],
)
def test_every_operation_works_on_every_frame(render: Render, film: bytes, recipe: Json) -> None:
    if {"x", "areas"} & recipe.keys():
        recipe = {**recipe, **({"x": 5} if "x" in recipe else {"areas": [{"x": 1, "y": 1, "width": 50, "height": 50}]})}
    mark = bytes(pyvips.Image.black(20, 20, bands=4).write_to_buffer(".png"))
    assets = {"mark": mark} if recipe.get("media") == "mark" else {}
    made = render(film, "image/webp", [recipe], output=WEBP, assets=assets)
    shown = made.picture(n=-1)
    assert (made.first.frames, shown.get("delay"), shown.get("loop")) == (4, DELAYS, 3)
    assert (made.first.width, made.first.height) == (shown.width, shown.get("page-height"))


def test_what_looks_at_the_picture_looks_at_the_first_frame_for_all(render: Render, film: bytes) -> None:
    """Else the frames would jump, or have different sizes."""
    for recipe in (
        {"type": "crop", "width": 60, "height": 60, "gravity": "attention"},
        {"type": "resize", "width": 40, "height": 90, "fit": "cover", "gravity": "entropy"},
        {"type": "circle", "gravity": "attention"},
        {"type": "trim", "background": "#fa2828", "threshold": 200},
    ):
        made = frames_of(render(film, "image/webp", [recipe], output=WEBP))
        ground = [frame.extract_band(2).max() for frame in made]
        assert len({(frame.width, frame.height) for frame in made}) == 1
        assert ground == sorted(ground)
        edges = [frame(0, frame.height - 1)[:2] for frame in made]
        assert all(edge == edges[0] for edge in edges)


def test_the_pixels_of_each_frame_are_changed(render: Render, film: bytes) -> None:
    before = [frame(2, 2)[2] for frame in frames_of(render(film, "image/webp", output=WEBP))]
    after = [frame(2, 2)[2] for frame in frames_of(render(film, "image/webp", [{"type": "invert"}], output=WEBP))]
    assert [255 - level for level in before] == after


def test_who_wants_no_animation_gets_the_first_frame(render: Render, film: bytes) -> None:
    made = render(film, "image/webp", [{"type": "resize", "width": 60}], output={**WEBP, "animated": False})
    assert (made.first.frames, made.first.width, made.first.height) == (1, 60, 60)
    assert made.picture().get_typeof("n-pages") == 0


@pytest.mark.parametrize("form", ["webp", "gif"])
def test_an_animation_goes_into_every_format_that_moves(render: Render, film: bytes, form: str) -> None:
    made = render(film, "image/webp", output={"format": form})
    assert (made.first.frames, made.picture(n=-1).get("delay")) == (4, DELAYS)


def test_one_decode_gives_an_animation_and_a_still(render: Render, film: bytes) -> None:
    made = render(film, "image/webp", renditions=[((), WEBP), ((), {"format": "png"})])
    assert [rendered.frames for rendered in made.rendering.renditions] == [4, 1]


def test_the_pages_of_a_tiff_are_no_frames(render: Render) -> None:
    pages = pyvips.Image.arrayjoin([pyvips.Image.black(30, 20, bands=3) + level for level in (10, 200)], across=1)
    pages = pages.cast("uchar").copy(interpretation="srgb")
    pages.set_type(pyvips.GValue.gint_type, "page-height", 20)
    made = render(bytes(pages.write_to_buffer(".tiff")), "image/tiff", output=WEBP)
    assert (made.first.frames, made.first.height, made.picture()(5, 5)[0]) == (1, 20, 10)


@pytest.mark.parametrize(
    "recipe", [recipe for recipe in golden.RECIPES if recipe["type"] in {"text", "watermark", "svg"}], ids=json.dumps
)
def test_a_layer_is_made_once_for_all_frames(recipe: Json) -> None:
    (operation,) = operations.read([recipe])
    scene = Scene({"mark": pyvips.Image.black(20, 20, bands=4).copy(interpretation="srgb")})
    frames = [golden.picture(), golden.picture().invert()]
    first, second = (operation.apply(frame, scene) for frame in frames)
    assert len(scene.layers) == 1
    assert (first - frames[0]).abs().max() > 0 or recipe.get("media") == "mark"
    assert (second - operation.apply(frames[1], Scene(scene.assets))).abs().max() == 0
