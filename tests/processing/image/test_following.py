"""Where faces are is known in pixels of the original, and stays true through every step that moves pixels."""

from __future__ import annotations

from typing import Any

import pytest
import pyvips
from tests.processing.image.conftest import Json, Render

FACE = (600, 200, 80, 60)
BLUR: Json = {"type": "pixelate", "faces": True, "size": 1000}


@pytest.fixture(scope="module")
def portrait() -> bytes:
    """1000×600 pixels of green whose one face is a fine pattern of grey and white."""
    ground = (pyvips.Image.black(1000, 600, bands=3).linear(1, [0, 160, 0])).cast("uchar").copy(interpretation="srgb")
    pattern = ((pyvips.Image.xyz(80, 60)[0] / 8).cast("uchar") % 2) * 175 + 80
    face = pattern.cast("uchar").bandjoin([pattern.cast("uchar")] * 2).copy(interpretation="srgb")
    return bytes(ground.insert(face, *FACE[:2]).write_to_buffer(".png"))


def unrest(image: Any) -> float:
    """How much of the pattern is left, wherever it lies: its middle, away from where it meets the green."""
    red = image[0].cast("float")
    box = [int(side) for side in (red > 40).find_trim(threshold=0.5, background=0)]
    left, top, width, height = box
    return float(red.crop(left + width // 4, top + height // 4, max(1, width // 2), max(1, height // 2)).deviate())


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"type": "resize", "width": 500}],
        [{"type": "resize", "width": 400, "height": 400, "fit": "cover", "gravity": "east"}],
        [{"type": "resize", "width": 600, "height": 600, "fit": "pad", "background": "black"}],
        [{"type": "resize", "width": 700, "height": 300, "fit": "force"}],
        [{"type": "crop", "x": 401, "y": 100, "width": 400, "height": 300}],
        [{"type": "crop", "ratio": "1:1", "gravity": "east"}, {"type": "resize", "width": 150}],
        [{"type": "crop", "ratio": "1:1", "gravity": "face"}],
        [{"type": "flip", "direction": "horizontal"}],
        [{"type": "flip", "direction": "vertical"}, {"type": "resize", "width": 300}],
        [{"type": "flip", "direction": "both"}],
        [{"type": "rotate", "angle": 90}, {"type": "resize", "width": 300}],
        [{"type": "rotate", "angle": 180}],
        [{"type": "rotate", "angle": 270}],
        [{"type": "rotate", "angle": -30, "background": "black"}],
        [{"type": "pad", "top": 33, "left": 77, "background": "black"}],
        [{"type": "extend", "width": 1400, "height": 900, "gravity": "south_east", "background": "black"}],
        [{"type": "trim", "threshold": 10}],
        [{"type": "blur", "sigma": 0.4}, {"type": "resize", "width": 700}, {"type": "rotate", "angle": 90}, {"type": "pad", "left": 50, "background": "black"}],
    ],
    ids=lambda steps: "-".join(step["type"] for step in steps),
)  # fmt: skip
def test_faces_are_found_behind_every_step(render: Render, portrait: bytes, steps: list[Json]) -> None:
    assert unrest(render(portrait, "image/png", steps, faces=[FACE]).picture()) > 60
    assert unrest(render(portrait, "image/png", [*steps, BLUR], faces=[FACE]).picture()) < 12


def test_a_crop_by_face_has_the_face_in_its_middle(render: Render, portrait: bytes) -> None:
    small: Json = {"type": "resize", "width": 500}
    crop: Json = {"type": "crop", "width": 100, "height": 100, "gravity": "face"}
    shown = render(portrait, "image/png", [small, crop], faces=[FACE]).picture()
    box = (shown[0].cast("float") > 40).find_trim(threshold=0.5, background=0)
    assert box[0] + box[2] / 2 == pytest.approx(50, abs=3)
    assert box[1] + box[3] / 2 == pytest.approx(50, abs=3)


def test_a_face_that_was_cut_off_is_forgotten(render: Render, portrait: bytes) -> None:
    cut: Json = {"type": "crop", "x": 0, "y": 0, "width": 300, "height": 300}
    shown = render(portrait, "image/png", [cut, BLUR], faces=[FACE]).picture()
    assert (shown.min(), shown[1].min(), shown[1].max()) == (0, 160, 160)


def test_without_faces_nothing_is_hidden(render: Render, portrait: bytes) -> None:
    assert unrest(render(portrait, "image/png", [BLUR]).picture()) > 60
