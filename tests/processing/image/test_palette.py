"""The palette has the colours that are there, in the shares that they have."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.processing.image.palette import palette_of
from mediaworks.processing.palette import Swatch, dominant, merged
from mediaworks.testing import media

FLAG = {"#d7141a": 0.5, "#11457e": 0.3, "#ffffff": 0.15, "#f2c200": 0.05}


def stripes(shares: dict[str, float], width: int = 400, height: int = 100) -> pyvips.Image:
    parts = []
    for colour, share in shares.items():
        levels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        parts.append((pyvips.Image.black(round(width * share), height, bands=3) + levels).cast("uchar"))
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.join(part, "horizontal")
    return whole.copy(interpretation="srgb")


def apart(one: str, other: str) -> int:
    return max(abs(int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) for at in (1, 3, 5))


def test_a_flag_is_told_by_its_colours_and_their_shares(understood: Any) -> None:
    found = understood(bytes(stripes(FLAG).write_to_buffer(".png")), "image/png")
    palette = merged(found.appearance.colours, 4)
    for (colour, share), swatch in zip(FLAG.items(), palette, strict=True):
        assert apart(swatch.hex, colour) <= 12
        assert swatch.share == pytest.approx(share, abs=0.05)
    assert apart(found.dominant_color, "#d7141a") <= 6


@pytest.mark.parametrize("colours", range(1, 17))
def test_as_many_colours_as_asked_for_share_the_whole_picture(understood: Any, colours: int) -> None:
    found = understood(media.image(".png", 300, 200), "image/png")
    palette = merged(found.appearance.colours, colours)
    assert len(palette) == colours
    assert sum(swatch.share for swatch in palette) == pytest.approx(1, abs=0.001)
    assert [swatch.share for swatch in palette] == sorted((swatch.share for swatch in palette), reverse=True)


def test_what_cannot_be_seen_has_no_colour() -> None:
    hidden = stripes({"#ff0000": 0.5, "#00ff00": 0.5}, 32, 32)
    alpha = (pyvips.Image.xyz(32, 32)[0] >= 16).ifthenelse(255, 0)
    (only,) = palette_of(hidden.bandjoin(alpha).cast("uchar").copy(interpretation="srgb"))
    assert apart(only.hex, "#00ff00") <= 1
    assert only.share == 1
    assert palette_of(hidden.bandjoin(alpha * 0).cast("uchar").copy(interpretation="srgb")) == ()
    assert dominant(()) is None


@given(levels=st.tuples(*[st.integers(0, 255)] * 3))
def test_a_colour_comes_back_from_oklab_as_it_was(levels: tuple[int, int, int]) -> None:
    plain = (pyvips.Image.black(4, 4, bands=3) + list(levels)).cast("uchar").copy(interpretation="srgb")
    (swatch,) = palette_of(plain.bandjoin(255).cast("uchar").copy(interpretation="srgb"))
    assert apart(swatch.hex, "#" + bytes(levels).hex()) <= 1


def test_the_two_that_cost_least_become_one() -> None:
    """Greys of 0.2 and 0.22 with much of the picture, and two whites far from them."""
    shares = ((0.2, 0.4), (0.22, 0.4), (0.9, 0.1), (1.0, 0.1))
    swatches = [Swatch((lightness, 0.0, 0.0), share) for lightness, share in shares]
    three = merged(swatches, 3)
    assert [round(swatch.colour[0], 2) for swatch in three] == [0.21, 0.9, 1.0]
    assert [round(swatch.share, 2) for swatch in merged(swatches, 2)] == [0.8, 0.2]
    for one, other in itertools.pairwise(range(1, 5)):
        assert len(merged(swatches, one)) == one < other
