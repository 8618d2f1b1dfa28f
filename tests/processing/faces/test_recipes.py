"""Recipes about faces, all the way: found by the model, cut by or hidden in the pipeline, and looked for again in what came out."""

from __future__ import annotations

from typing import Any

import pytest
import pyvips
from tests.processing.faces.conftest import Find, Make

from mediaworks.testing.portrait import portrait


def group() -> bytes:
    """A wide picture with a face near its right end."""
    ground = pyvips.Image.black(2400, 900, bands=3).copy(interpretation="srgb")
    ground = ground.draw_rect([110, 120, 130], 0, 0, 2400, 900, fill=True)
    return bytes(ground.insert(portrait(), 1900, 300).jpegsave_buffer(Q=90))


@pytest.mark.parametrize(
    "steps",
    [
        [{"type": "crop", "ratio": "1:1", "gravity": "face"}],
        [{"type": "resize", "width": 400, "height": 400, "fit": "cover", "gravity": "face"}],
        [{"type": "resize", "height": 600}, {"type": "crop", "width": 400, "height": 400, "gravity": "face"}],
    ],
)
def test_a_cut_by_faces_keeps_the_face_and_puts_it_in_the_middle(
    find: Find, make: Make, steps: list[dict[str, Any]]
) -> None:
    cut = make(group(), *steps)
    picture = pyvips.Image.new_from_buffer(cut, "")
    (face,) = find(cut, "image/jpeg")
    assert picture.width == picture.height
    assert face.x + face.width / 2 == pytest.approx(picture.width / 2, abs=picture.width * 0.25)


@pytest.mark.parametrize(
    "steps",
    [
        [{"type": "blur_areas", "faces": True, "sigma": 30}],
        [{"type": "pixelate", "faces": True, "size": 16}],
        [{"type": "resize", "width": 1200}, {"type": "blur_areas", "faces": True, "sigma": 20}],
        [
            {"type": "flip"},
            {"type": "crop", "ratio": "2:1", "gravity": "west"},
            {"type": "pixelate", "faces": True, "size": 16},
        ],
    ],
)
def test_a_hidden_face_is_not_found_again_wherever_the_steps_before_moved_it(
    find: Find, make: Make, steps: list[dict[str, Any]]
) -> None:
    assert len(find(make(group(), *steps[:-1], {"type": "sharpen"}), "image/jpeg")) == 1
    assert find(make(group(), *steps), "image/jpeg") == ()
