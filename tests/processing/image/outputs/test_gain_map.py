"""The brightness that an HDR screen adds stays with its photo, through whatever moves the pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import pyvips
from tests.processing.image.outputs.conftest import File, Write

from mediaworks.testing import media

WIDTH, HEIGHT, SCALE = 320, 240, 4
CORPUS = Path(__file__).parents[5] / "shared" / "corpus" / "images" / "gain-map.jpg"
KEEP = {"keep": ["gain_map"], "quality": 95}


def hdr_photo() -> bytes:
    """An Ultra HDR file: the photo and its map are the same ramp, bright at the right, brighter below."""
    ramp = pyvips.Image.xyz(WIDTH, HEIGHT)
    shade = (ramp[0] * (200 / WIDTH) + ramp[1] * (50 / HEIGHT)).cast("uchar")
    photo = shade.bandjoin([shade, shade]).copy(interpretation="srgb")
    small = shade.resize(1 / SCALE).cast("uchar").copy(interpretation="b-w")
    photo.set_type(pyvips.GValue.blob_type, "gainmap-data", small.jpegsave_buffer(Q=95))
    for name, value in {
        "max-content-boost": 4.0,
        "min-content-boost": 1.0,
        "gamma": 1.0,
        "offset-sdr": 0.0,
        "offset-hdr": 0.0,
    }.items():
        photo.set_type(pyvips.GValue.array_double_type, f"gainmap-{name}", [value] * 3)
    photo.set_type(pyvips.GValue.gdouble_type, "gainmap-hdr-capacity-min", 1.0)
    photo.set_type(pyvips.GValue.gdouble_type, "gainmap-hdr-capacity-max", 4.0)
    photo.set_type(pyvips.GValue.gint_type, "gainmap-use-base-cg", 1)
    return bytes(photo.uhdrsave_buffer(Q=95))


HDR = hdr_photo()


def gains(file: File) -> Any:
    photo = pyvips.Image.uhdrload_buffer(file.data)
    return pyvips.Image.jpegload_buffer(photo.get("gainmap-data")), photo


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [{"type": "resize", "width": 160}],
        [{"type": "crop", "x": 40, "y": 24, "width": 200, "height": 160}],
        [{"type": "resize", "width": 100, "height": 100, "fit": "cover", "gravity": "north_west"}],
        [{"type": "rotate", "angle": 90}, {"type": "flip"}],
        [{"type": "crop", "ratio": "1:1"}, {"type": "resize", "width": 96}, {"type": "compress", "quality": 95}],
    ],
    ids=str,
)
def test_the_map_goes_where_the_pixels_go(write: Write, operations: list[dict[str, Any]]) -> None:
    file = write(HDR, "image/jpeg", KEEP, *operations)
    assert file.warnings == ()
    found, photo = gains(file)
    grown = found.resize(photo.width / found.width, vscale=photo.height / found.height, kernel="linear")
    apart = (grown[0].cast("int") - photo[1].cast("int")).abs()
    inner = apart.crop(8, 8, photo.width - 16, photo.height - 16)
    assert inner.max() <= 8
    assert photo.get("gainmap-max-content-boost") == [4.0, 4.0, 4.0]


@pytest.mark.parametrize(
    "operation",
    [
        {"type": "crop", "ratio": "1:1", "gravity": "attention"},
        {"type": "pad", "left": 10},
        {"type": "sepia"},
        {"type": "rotate", "angle": 10},
    ],
    ids=str,
)
def test_a_map_that_would_not_fit_any_more_is_left_out_with_a_warning(write: Write, operation: dict[str, Any]) -> None:
    file = write(HDR, "image/jpeg", KEEP, operation)
    assert any(warning.startswith("gain_map") for warning in file.warnings)
    assert "gainmap-data" not in file.fields


@pytest.mark.parametrize("output", [{}, {"format": "webp", "keep": ["gain_map"]}])
def test_without_asking_or_room_there_is_no_map(write: Write, output: dict[str, Any]) -> None:
    file = write(HDR, "image/jpeg", output)
    assert file.warnings == ()
    assert file.data.count(b"\xff\xd8\xff") <= 1


def test_a_photo_without_a_map_is_written_without_one(write: Write) -> None:
    file = write(media.photo(64, 64), "image/jpeg", KEEP)
    assert file.warnings == ()
    assert "gainmap-data" not in file.fields


def test_a_photo_of_a_phone_keeps_its_map(write: Write) -> None:
    if not CORPUS.exists():
        pytest.skip("needs the corpus beside the checkout")
    found, photo = gains(write(CORPUS.read_bytes(), "image/jpeg", KEEP, {"type": "resize", "width": 960}))
    assert (photo.width, photo.height, found.width, found.height) == (960, 540, 240, 135)
    before = pyvips.Image.uhdrload(str(CORPUS))
    original = pyvips.Image.jpegload_buffer(before.get("gainmap-data")).resize(0.25)
    assert (original.cast("int") - found.cast("int")).abs().avg() < 2
