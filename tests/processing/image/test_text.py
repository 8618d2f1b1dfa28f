"""Text is set inside the sandbox, in fonts that it may read and nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import pyvips
from tests.processing.conftest import sandbox
from tests.processing.image.conftest import Json, Made, Render, made_in

from mediaworks.processing import font_families, fonts

GROUND = 90
CJK = pytest.mark.skipif(
    not any("CJK" in name or "Han Sans" in name for name in font_families()), reason="no font with Chinese letters is installed"
)  # fmt: skip
EMOJI = pytest.mark.skipif(
    not any("Emoji" in name for name in font_families()), reason="no font with coloured pictographs is installed"
)  # fmt: skip


@pytest.fixture(scope="module")
def ground() -> bytes:
    return bytes(
        (pyvips.Image.black(400, 300, bands=3) + GROUND)
        .cast("uchar")
        .copy(interpretation="srgb")
        .write_to_buffer(".png")
    )


def written(render: Render, ground: bytes, text: str, **options: Any) -> Any:
    recipe: Json = {"type": "text", "text": text, "font": "DejaVu Sans", "gravity": "center", "offset_y": 0, **options}
    return render(ground, "image/png", [recipe]).picture()


def ink(shown: Any) -> list[int]:
    """Left, top, width and height of all that is not ground."""
    return [int(side) for side in shown.find_trim(threshold=20, background=GROUND)]


def cut_out(shown: Any) -> Any:
    return shown.crop(*ink(shown))


def likeness(one: Any, other: Any) -> float:
    """The mean difference of two pictures in levels."""
    return float((one.cast("int") - other).abs().avg())


def test_text_has_the_size_the_colour_and_the_place_that_were_asked_for(render: Render, ground: bytes) -> None:
    shown = written(render, ground, "H", size=100, colour="#ff8000", gravity="south_east", offset_x=20, offset_y=10)
    left, top, width, height = ink(shown)
    assert height == pytest.approx(73, abs=3)  # the capitals of DejaVu are 0.729 of its size
    assert (left + width, top + height) == pytest.approx((380, 290), abs=30)
    assert shown(left + 4, top + height // 2)[:3] == pytest.approx([255, 128, 0], abs=3)


def test_long_text_is_wrapped_within_its_width(render: Render, ground: bytes) -> None:
    one = ink(written(render, ground, "word " * 3, size=20))
    many = ink(written(render, ground, "word " * 12, size=20, width=150))
    assert many[2] <= 150
    assert many[3] >= 3.5 * one[3]


def test_lines_are_aligned(render: Render, ground: bytes) -> None:
    def left_of_the_short_line(align: str) -> int:
        shown = written(render, ground, "a long line here\ni", size=20, align=align)
        left, top, width, height = ink(shown)
        below = shown.crop(left, top + height * 3 // 5, width, height * 2 // 5 - 1)
        return ink(below)[0]

    places = [left_of_the_short_line(align) for align in ("left", "center", "right")]
    assert places == sorted(places)
    assert places[0] <= 4
    assert places[2] > 100


def test_a_stroke_and_a_shadow_grow_around_the_letters(render: Render, ground: bytes) -> None:
    bare = ink(written(render, ground, "O", size=100))
    stroked = written(render, ground, "O", size=100, stroke=9, stroke_colour="red")
    assert [ink(stroked)[2] - bare[2], ink(stroked)[3] - bare[3]] == pytest.approx([18, 18], abs=2)
    left, top, _, height = ink(stroked)
    assert stroked(left + 4, top + height // 2)[:3] == [255, 0, 0]
    shadowed = ink(written(render, ground, "O", size=100, shadow=10))
    assert shadowed[2] - bare[2] > 10


def test_arabic_and_hebrew_run_from_right_to_left(render: Render, ground: bytes) -> None:
    """What comes last stands on the left; Arabic letters join, so that together they are not what they are apart."""
    for first, last in (("א", "ם"), ("د", "ر")):
        both, end = written(render, ground, first + " " + last, size=60), written(render, ground, last, size=60)
        piece, alone = cut_out(both.crop(0, 0, ink(both)[0] + ink(end)[2], 300)), cut_out(end)
        assert (piece.width, piece.height) == pytest.approx((alone.width, alone.height), abs=1)
        assert likeness(piece, alone.crop(0, 0, min(piece.width, alone.width), min(piece.height, alone.height))) < 20
    joined, apart = (ink(written(render, ground, text, size=60)) for text in ("ههه", "ه ه ه"))
    assert joined[2] < 0.9 * apart[2]


@CJK
def test_chinese_japanese_and_korean_letters_are_found(render: Render, ground: bytes) -> None:
    shown = [written(render, ground, letter, size=80) for letter in ("中", "日", "한")]
    assert all(likeness(one, other) > 1 for one in shown for other in shown if one is not other)


@EMOJI
def test_pictographs_keep_their_own_colours(render: Render, ground: bytes) -> None:
    shown = written(render, ground, "😀", size=80, colour="blue")
    left, top, width, height = ink(shown)
    red, _, blue = shown(left + width // 2, top + height // 8)[:3]
    assert red > 200 > blue


def test_markup_is_only_text(render: Render, ground: bytes) -> None:
    plain, marked = (written(render, ground, text, size=12) for text in ("bgi", '<span size="99999">big</span> & <!--'))
    assert ink(marked)[3] < 2 * ink(plain)[3]


def test_text_may_be_larger_than_the_picture(render: Render, ground: bytes) -> None:
    assert written(render, ground, "■", size=900).avg() > 130


def test_a_font_that_is_not_there_is_told_and_another_taken(render: Render, ground: bytes) -> None:
    recipe: Json = {"type": "text", "text": "still readable", "font": "Nobody Has This Bold"}
    made = render(ground, "image/png", [recipe, recipe])
    assert made.rendering.warnings == ("text: the font Nobody Has This Bold is not installed; another took its place",)
    assert ink(made.picture())[2] > 100
    assert render(ground, "image/png", [{**recipe, "font": "dejavu sans Bold"}]).rendering.warnings == ()


def house_font() -> bytes:
    """A font whose family has another name than any that is installed."""
    bundled = (fonts.BUNDLED / "DejaVuSans.ttf").read_bytes()
    return bundled.replace("DejaVu Sans".encode("utf-16-be"), "Housefont 1".encode("utf-16-be"))


def test_a_decoder_writes_in_the_fonts_of_the_folder(tmp_path: Path, ground: bytes) -> None:
    (tmp_path / "house.ttf").write_bytes(house_font())
    recipe: Json = {"type": "text", "text": "readable", "font": "Housefont 1"}

    async def steps() -> Made:
        async with sandbox(fonts=str(tmp_path)) as pool:
            return await made_in(pool, ground, "image/png", [recipe])

    made = asyncio.run(steps())
    assert made.rendering.warnings == ()
    assert ink(made.picture())[2] > 50


def test_the_fonts_that_come_along_and_those_of_a_folder_are_known(tmp_path: Path) -> None:
    own = house_font()
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "house.ttf").write_bytes(own)
    (tmp_path / "broken.ttf").write_bytes(own[:700])
    (tmp_path / "empty.otf").write_bytes(b"")
    assert "DejaVu Sans" in font_families()
    assert set(font_families(str(tmp_path))) - set(font_families()) == {"Housefont 1"}


@pytest.mark.parametrize(
    ("font", "known"),
    [("sans", True), ("DejaVu Sans", True), ("dejavu sans bold italic", True), ("Nope, DejaVu Sans", True), ("DejaVu", False), ("Bold", False), ("Nope", False)],
)  # fmt: skip
def test_a_font_may_carry_words_of_style(font: str, known: bool) -> None:
    assert fonts.is_known(font) is known
