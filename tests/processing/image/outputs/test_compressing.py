"""The operation that says how a result is compressed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import pyvips
from tests.processing.image.outputs.conftest import Write

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations import read
from mediaworks.testing import media

PHOTO = media.photo(240, 180)
RESIZE = {"type": "resize", "width": 200}


def test_by_quality_it_is_as_if_the_output_said_so(write: Write) -> None:
    by_step = write(PHOTO, "image/jpeg", {}, {"type": "compress", "quality": 55})
    assert by_step.data == write(PHOTO, "image/jpeg", {"quality": 55}).data
    assert by_step.told.quality == 55


def test_it_may_stand_anywhere_and_the_later_wins(write: Write) -> None:
    last = write(PHOTO, "image/jpeg", {}, RESIZE, {"type": "compress", "quality": 60})
    first = write(
        PHOTO, "image/jpeg", {}, {"type": "compress", "quality": 20}, {"type": "compress", "quality": 60}, RESIZE
    )
    assert (first.told.width, first.told.quality) == (last.told.width, last.told.quality) == (200, 60)


def test_smart_finds_the_quality_itself_and_is_smaller(write: Write) -> None:
    smart = write(PHOTO, "image/jpeg", {}, {"type": "compress"})
    assert smart.told.score is not None
    assert smart.told.score >= 80
    assert b"\xff\xc2" in smart.data  # progressive
    assert len(smart.data) < len(write(PHOTO, "image/jpeg", {"quality": 92}).data)


@pytest.mark.parametrize("name", ["jpeg", "webp", "png"])
def test_to_a_target_size(write: Write, name: str) -> None:
    wanted = {"type": "compress", "mode": "target_size", "max_bytes": 4_000}
    assert len(write(PHOTO, "image/jpeg", {"format": name}, wanted).data) <= 4_000


@pytest.mark.parametrize("name", ["png", "webp", "tiff"])
def test_lossless_changes_no_pixel(write: Write, name: str) -> None:
    source = media.image(".png", compression=0)
    file = write(source, "image/png", {"format": name}, {"type": "compress", "mode": "lossless"})
    assert (file.image.cast("int") - pyvips.Image.new_from_buffer(source, "").cast("int")).abs().max() == 0
    assert len(file.data) < len(source)
    assert file.told.quality is None


@pytest.mark.parametrize("name", ["jpeg", "gif", "auto"])
def test_what_cannot_be_lossless_says_so_and_what_can(write: Write, name: str) -> None:
    with pytest.raises(InvalidRecipe, match="without loss") as refusal:
        write(PHOTO, "image/jpeg", {"format": name}, {"type": "compress", "mode": "lossless"})
    assert refusal.value.facts["field"] == "output.format"
    assert "webp" in refusal.value.facts["allowed"]


def test_progressive_is_coarse_first(write: Write) -> None:
    step = {"type": "compress", "mode": "progressive", "quality": 70}
    asked = {"format": "jpeg", "progressive": True, "quality": 70}
    assert write(PHOTO, "image/jpeg", {}, step).data == write(PHOTO, "image/jpeg", asked).data


def test_progressive_changes_nothing_where_a_format_knows_no_such_thing(write: Write) -> None:
    step = {"type": "compress", "mode": "progressive", "quality": 70}
    plain = write(PHOTO, "image/jpeg", {"format": "webp", "quality": 70})
    assert write(PHOTO, "image/jpeg", {"format": "webp"}, step).data == plain.data


def test_a_drawing_becomes_a_palette_and_a_photo_does_not(write: Write) -> None:
    """Smart PNG."""
    drawing = (
        pyvips.Image.black(120, 80, bands=3).linear(1, [30, 90, 160]).draw_circle([250, 200, 20], 60, 40, 25, fill=True)
    )
    source = bytes(drawing.cast("uchar").copy(interpretation="srgb").pngsave_buffer())
    made = write(source, "image/png", {"format": "png"}, {"type": "compress"})
    assert made.data[25] == 3  # IHDR: the colour type of a palette
    kept = write(PHOTO, "image/jpeg", {"format": "png", "similarity": "best"}, {"type": "compress"})
    assert kept.data[25] == 2  # all colours


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"quality": 0}, "quality"),
        ({"mode": "tiny"}, "mode"),
        ({"mode": "target_size"}, "max_bytes"),
        ({"mode": "smart", "quality": 50}, "quality"),
        ({"mode": "lossless", "quality": 50}, "quality"),
        ({"max_bytes": 5}, "max_bytes"),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_is_named(step: dict[str, Any], field: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=field):
        read([{"type": "compress", **step}])
