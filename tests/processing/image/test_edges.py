"""What comes in odd, broken or hostile comes out right, or is refused with the name of what is wrong."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
import pyvips
from tests.processing.image.conftest import Json, Render

from mediaworks.errors import InvalidRecipe, MediaworksError, TooManyPixels, Unprocessable
from mediaworks.testing import media

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "images"
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real media is not beside this checkout")
MIMES = {".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp", ".tiff": "image/tiff"}

COLOUR = (200, 90, 40)


def plain(width: int = 40, height: int = 30, colour: tuple[float, ...] = COLOUR) -> Any:
    return (
        (pyvips.Image.black(width, height, bands=len(colour)) + list(colour)).cast("uchar").copy(interpretation="srgb")
    )


def of_many_frames(count: int, side: int = 2) -> bytes:
    """A GIF whose frames change one pixel each (GIF89a)."""
    frame = b"!\xf9\x04\x04\x02\x00\x00\x00" + b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return (
        b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff" + frame * count + b";"
    )


def with_broken_profile() -> bytes:
    picture = plain().copy()
    picture.set_type(pyvips.GValue.blob_type, "icc-profile-data", b"\x00\x00\x02\x00acsp" + b"\xff" * 500)
    return bytes(picture.write_to_buffer(".jpg", Q=95))


def with_half_a_profile() -> bytes:
    data = bytes(plain().icc_transform("p3", input_profile="srgb").write_to_buffer(".jpg", Q=95))
    at = data.index(b"acsp")
    return data[: at + 40] + b"\xee" * 120 + data[at + 160 :]


ODD: dict[str, tuple[str, bytes]] = {
    "CMYK": ("image/jpeg", bytes(plain().icc_transform("cmyk", input_profile="srgb").write_to_buffer(".jpg", Q=95))),
    "CMYK without a profile": (
        "image/jpeg",
        bytes(plain().icc_transform("cmyk", input_profile="srgb").write_to_buffer(".jpg", Q=95, keep="none")),
    ),
    "16 bits": ("image/png", bytes(plain().colourspace("rgb16").write_to_buffer(".png"))),
    "16 bits of TIFF": ("image/tiff", bytes(plain().colourspace("rgb16").write_to_buffer(".tiff"))),
    "floating point": ("image/tiff", bytes(plain().colourspace("scrgb").write_to_buffer(".tiff"))),
    "Lab": ("image/tiff", bytes(plain().colourspace("lab").write_to_buffer(".tiff"))),
    "palette": ("image/png", bytes(plain().write_to_buffer(".png", palette=True))),
    "GIF": ("image/gif", bytes(plain().write_to_buffer(".gif"))),
    "a broken profile": ("image/jpeg", with_broken_profile()),
    "half a profile": ("image/jpeg", with_half_a_profile()),
    "one pixel": ("image/png", bytes(plain(1, 1).write_to_buffer(".png"))),
}  # fmt: skip


@pytest.mark.parametrize(
    "recipe", [[], [{"type": "resize", "width": 20}], [{"type": "filter", "name": "1977", "strength": 0}]]
)
@pytest.mark.parametrize("name", ODD)
def test_odd_pictures_keep_their_colours(render: Render, name: str, recipe: list[Json]) -> None:
    mime, content = ODD[name]
    shown = render(content, mime, recipe).picture()
    assert (shown.format, shown.bands >= 3) == ("uchar", True)
    for level, wanted in zip(shown(shown.width // 2, shown.height // 2), COLOUR, strict=False):
        assert level == pytest.approx(wanted, abs=20)


def test_grey_one_bit_and_transparent_pictures_are_taken_too(render: Render) -> None:
    grey = (pyvips.Image.black(30, 20) + 77).cast("uchar")
    ink = ((pyvips.Image.xyz(30, 20)[0] > 14).ifthenelse(255, 0)).cast("uchar")
    clear = plain(colour=(*COLOUR, 0)).write_to_buffer(".png", palette=True)
    blur: Json = {"type": "blur", "sigma": 0.6}
    assert render(bytes(grey.write_to_buffer(".png")), "image/png", [blur]).picture()(9, 9)[0] == pytest.approx(
        77, abs=2
    )
    bits = render(bytes(ink.write_to_buffer(".tiff", bitdepth=1)), "image/tiff", [blur]).picture()
    assert [bits(x, 9)[0] for x in (3, 27)] == [0, 255]
    assert render(bytes(clear), "image/png", [blur]).picture()[3].max() == 0


def test_a_very_wide_picture_is_cut_and_scaled(render: Render) -> None:
    wide = bytes(media.gradient(65_535, 3).write_to_buffer(".png"))
    made = render(wide, "image/png", [{"type": "resize", "width": 600}])
    assert (made.first.width, made.first.height) == (600, 1)
    end = render(wide, "image/png", [{"type": "crop", "x": 65_500, "y": 0, "width": 35, "height": 3}]).picture()
    assert end(34, 1)[0] == 255


@pytest.mark.parametrize(
    ("recipe", "field", "limit"),
    [
        ({"type": "resize", "width": 30_000, "height": 30_000, "fit": "force", "enlarge": True}, "operations[0]", 100_000_000),
        ({"type": "extend", "width": 30_000, "height": 30_000}, "operations[0]", 100_000_000),
        ({"type": "pad", "top": 10_000, "left": 10_000, "right": 10_000}, "operations[0]", 100_000_000),
        ({"type": "crop", "x": 30, "y": 0, "width": 20, "height": 10}, "operations[0].width", 10),
        ({"type": "crop", "x": 0, "y": 29, "width": 20, "height": 2}, "operations[0].height", 1),
        ({"type": "crop", "x": 0, "y": 65_535, "width": 20, "height": 2}, "operations[0].height", 0),
        ({"type": "pixelate", "areas": [{"x": 40, "y": 0, "width": 1, "height": 1}]}, "operations[0].areas[0].x", 39),
        ({"type": "watermark", "media": "unheard"}, "operations[0].media", None),
        ({"type": "text", "text": "  \n "}, "operations[0].text", None),
        ({"type": "text", "text": "many letters " * 100, "size": 2000, "width": 65_535}, "operations[0].size", None),
        ({"type": "svg", "svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9999' height='9'/>"}, "operations[0].svg", 4),
    ],
)  # fmt: skip
def test_what_cannot_be_names_its_field_and_the_limit(
    render: Render, recipe: Json, field: str, limit: int | None
) -> None:
    with pytest.raises(InvalidRecipe) as refusal:
        render(bytes(plain().write_to_buffer(".png")), "image/png", [recipe])
    assert (refusal.value.facts["field"], refusal.value.facts.get("limit")) == (field, limit)
    assert refusal.value.detail.startswith(field)
    assert refusal.value.status == 422


def test_the_step_of_a_rendition_is_named_with_its_number(render: Render) -> None:
    png: Json = {"format": "png"}
    outside: Json = {"type": "crop", "x": 30, "y": 0, "width": 20, "height": 10}
    with pytest.raises(InvalidRecipe) as refusal:
        render(bytes(plain().write_to_buffer(".png")), "image/png", renditions=[((), png), ([outside], png)])
    assert refusal.value.facts["field"] == "renditions[1].operations[0].width"


def test_more_steps_than_allowed_are_refused_before_the_first(render: Render) -> None:
    with pytest.raises(InvalidRecipe, match="65 steps; 64 are allowed"):
        render(b"no picture at all", "image/png", [{"type": "flip"}] * 65)


def test_ten_thousand_frames_are_refused_but_their_first_is_not(render: Render) -> None:
    content = of_many_frames(10_000)
    with pytest.raises(Unprocessable, match="10000 frames; 2000 are allowed") as refusal:
        render(content, "image/gif", output={"format": "webp"})
    assert refusal.value.code == "too_many_frames"
    assert render(content, "image/gif", output={"format": "webp", "animated": False}).first.frames == 1


def test_the_frames_of_an_animation_count_together(render: Render) -> None:
    with pytest.raises(TooManyPixels, match="30 frames of"):
        render(of_many_frames(30, side=200), "image/gif", output={"format": "webp"}, max_pixels=1_000_000)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif", ".tiff"])
def test_a_broken_file_is_shown_as_far_as_it_goes_or_refused(render: Render, suffix: str) -> None:
    whole = media.image(suffix, 300, 200)
    for keep in (0, 3, 30, len(whole) // 3, len(whole) - 20):
        _shown_or_refused(render, whole[:keep], MIMES[suffix])
        _shown_or_refused(render, whole[:keep] + b"\xa5" * 400 + whole[keep + 400 :], MIMES[suffix])


@needs_corpus
@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.*")), ids=lambda path: path.name)
def test_every_real_picture_is_rendered_or_refused_with_a_reason(render: Render, path: Path) -> None:
    _shown_or_refused(render, path.read_bytes(), MIMES[path.suffix])


def _shown_or_refused(render: Render, content: bytes, mime: str) -> None:
    recipe: list[Json] = [{"type": "resize", "width": 180}, {"type": "crop", "ratio": "1:1", "gravity": "attention"}]
    try:
        made = render(content, mime, recipe, output={"format": "webp"})
    except MediaworksError as refusal:
        assert (refusal.status in {415, 422}, bool(refusal.detail)) == (True, True)
        assert not refusal.code.startswith("decoder_")
    else:
        assert 0 < made.first.width == made.first.height <= 180
