"""Pictures of more than eight bits, and in the colours of print."""

from __future__ import annotations

from typing import Any

import pytest
import pyvips
from tests.processing.image.outputs.conftest import Write

STEPS = 1024


def ramp() -> Any:
    """More shades than eight bits have."""
    shades = pyvips.Image.xyz(STEPS, 16)[0] * (65_535 / (STEPS - 1))
    return shades.bandjoin([shades, shades]).cast("ushort").copy(interpretation="rgb16")


DEEP = bytes(ramp().pngsave_buffer())


def shades(image: Any) -> int:
    row = image.crop(0, 8, STEPS, 1)[0]
    return len(set(bytes(row.cast("ushort").write_to_memory()).hex(" ", 2).split()))


@pytest.mark.parametrize(
    ("output", "least"),
    [
        ({"format": "png", "bit_depth": 16}, 1024),
        ({"format": "tiff", "bit_depth": 16}, 1024),
        ({"format": "avif", "bit_depth": 10, "quality": 95}, 700),
        ({"format": "avif", "bit_depth": 12, "quality": 95}, 700),
    ],
    ids=str,
)
def test_a_deep_picture_stays_deep(write: Write, output: dict[str, Any], least: int) -> None:
    made = write(DEEP, "image/png", output).image
    assert made.format == "ushort"
    assert shades(made) >= least
    assert (made.cast("int") - ramp().cast("int")).abs().avg() < 400


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif", "tiff", "gif"])
def test_a_deep_picture_becomes_one_of_eight_bits_where_that_is_asked(write: Write, name: str) -> None:
    made = write(DEEP, "image/png", {"format": name}).image
    assert made.format == "uchar"
    assert abs(made[0].avg() - 127.5) < 3


def test_after_an_operation_a_deep_file_holds_eight_bits_and_all_of_their_range(write: Write) -> None:
    made = write(DEEP, "image/png", {"format": "png", "bit_depth": 16}, {"type": "flip"}).image
    assert (made.format, made.max()) == ("ushort", 65_535)
    assert 200 <= shades(made) <= 256


def test_a_deep_transparent_picture_is_laid_on_its_background(write: Write) -> None:
    clear = ramp().bandjoin((pyvips.Image.black(STEPS, 16)).cast("ushort")).copy(interpretation="rgb16")
    made = write(
        bytes(clear.pngsave_buffer()), "image/png", {"format": "jpeg", "background": "#00ff00", "quality": 95}
    ).image
    assert [round(band / 10) for band in made.getpoint(500, 8)] == [0, 25, 0] or made.getpoint(500, 8)[1] > 245


@pytest.mark.parametrize("name", ["jpeg", "webp", "png"])
def test_a_picture_for_print_comes_out_for_screens(write: Write, name: str) -> None:
    inks = pyvips.Image.black(48, 48, bands=4).linear(1, [255, 0, 0, 0]).cast("uchar").copy(interpretation="cmyk")
    made = write(bytes(inks.jpegsave_buffer(Q=95)), "image/jpeg", {"format": name}).image
    red, green, blue = made.getpoint(24, 24)
    assert made.interpretation == "srgb"
    assert red < 80 < green < blue  # cyan, as an uncalibrated press makes it


def test_a_grey_picture_is_written_grey(write: Write) -> None:
    grey = bytes(pyvips.Image.xyz(64, 64)[0].cast("uchar").copy(interpretation="b-w").pngsave_buffer())
    red, green, blue = write(grey, "image/png", {"format": "webp", "lossless": True}).image.getpoint(40, 5)
    assert red == green == blue == 40
