"""Each format: what is written can be read again, and every parameter does something."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import pyvips
from tests.processing.image.outputs.conftest import Write

from mediaworks.errors import InvalidRecipe, UnsupportedType
from mediaworks.processing.image.outputs import OUTPUTS, read
from mediaworks.testing import media

WRITABLE = {"jpeg", "png", "webp", "avif", "gif", "tiff"}
LOADERS = {
    "jpeg": "jpegload",
    "png": "pngload",
    "webp": "webpload",
    "avif": "heifload",
    "gif": "gifload",
    "tiff": "tiffload",
}
PHOTO = media.photo(160, 120)


def transparent() -> bytes:
    """Left half there, right half not."""
    alpha = (pyvips.Image.xyz(64, 48)[0] < 32).cast("uchar")
    return bytes(media.gradient(64, 48).bandjoin(alpha).copy(interpretation="srgb").pngsave_buffer())


@pytest.mark.parametrize("name", sorted(WRITABLE))
def test_a_photo_comes_out_in_the_format_that_was_asked_for(write: Write, name: str) -> None:
    file = write(PHOTO, "image/jpeg", {"format": name})
    assert file.image.get("vips-loader").startswith(LOADERS[name])
    assert (file.image.width, file.image.height, file.image.format) == (160, 120, "uchar")
    assert abs(file.image[0].avg() - pyvips.Image.new_from_buffer(PHOTO, "")[0].avg()) < 4


@pytest.mark.parametrize("name", ["heif", "jxl"])
def test_a_format_that_libvips_cannot_write_here_is_refused_and_the_others_are_named(write: Write, name: str) -> None:
    with pytest.raises(UnsupportedType, match=name) as refusal:
        write(PHOTO, "image/jpeg", {"format": name})
    assert refusal.value.facts["field"] == "output.format"
    assert set(refusal.value.facts["allowed"]) == WRITABLE


PALETTE = {"format": "png", "palette": True, "effort": 1}
SMALLER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"format": "jpeg", "quality": 80}, {"format": "jpeg", "quality": 40}),
    ({"format": "jpeg"}, {"format": "jpeg", "optimise_coding": True}),
    ({"format": "jpeg"}, {"format": "jpeg", "trellis_quantisation": True}),
    ({"format": "jpeg"}, {"format": "jpeg", "quantisation_table": 3}),
    ({"format": "jpeg", "chroma": "444"}, {"format": "jpeg", "chroma": "420"}),
    ({"format": "png"}, PALETTE),
    (PALETTE, {**PALETTE, "colours": 16}),
    ({**PALETTE, "colours": 16}, {**PALETTE, "colours": 15}),
    (PALETTE, {**PALETTE, "effort": 7}),
    ({"format": "png", "compression": 0}, {"format": "png", "compression": 9}),
    ({"format": "png", "bit_depth": 16}, {"format": "png"}),
    ({"format": "webp", "lossless": True}, {"format": "webp"}),
    ({"format": "webp", "lossless": True}, {"format": "webp", "near_lossless": True, "quality": 40}),
    ({"format": "webp", "smart_subsample": True}, {"format": "webp"}),
    ({"format": "avif", "quality": 80, "effort": 1}, {"format": "avif", "quality": 40, "effort": 1}),
    ({"format": "avif", "lossless": True, "effort": 1}, {"format": "avif", "effort": 1}),
    ({"format": "avif", "chroma": "444", "effort": 1}, {"format": "avif", "chroma": "420", "effort": 1}),
    ({"format": "gif", "effort": 1}, {"format": "gif", "colours": 17, "effort": 1}),
    ({"format": "tiff", "compression": "none"}, {"format": "tiff"}),
    ({"format": "tiff", "predictor": "none"}, {"format": "tiff"}),
    ({"format": "tiff"}, {"format": "tiff", "compression": "jpeg"}),
    (
        {"format": "tiff", "compression": "jpeg", "quality": 90},
        {"format": "tiff", "compression": "jpeg", "quality": 30},
    ),
]
OTHER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"format": "webp"}, {"format": "webp", "effort": 0}),
    ({"format": "webp"}, {"format": "webp", "preset": "icon"}),
    (PALETTE, {**PALETTE, "dither": 0}),
    ({"format": "gif", "effort": 1}, {"format": "gif", "effort": 1, "dither": 0}),
    ({"format": "gif", "effort": 1}, {"format": "gif", "effort": 1, "interlace": True}),
    ({"format": "tiff", "compression": "lzw"}, {"format": "tiff", "compression": "packbits"}),
    ({"format": "jpeg", "progressive": True}, {"format": "jpeg", "progressive": True, "optimise_scans": True}),
]


@pytest.mark.parametrize(("larger", "smaller"), SMALLER, ids=lambda one: "-".join(map(str, one.values())))
def test_a_parameter_makes_the_file_smaller(write: Write, larger: dict[str, Any], smaller: dict[str, Any]) -> None:
    assert len(write(PHOTO, "image/jpeg", larger).data) > len(write(PHOTO, "image/jpeg", smaller).data)


@pytest.mark.parametrize(("usual", "changed"), OTHER, ids=lambda one: "-".join(map(str, one.values())))
def test_a_parameter_makes_another_file(write: Write, usual: dict[str, Any], changed: dict[str, Any]) -> None:
    assert write(PHOTO, "image/jpeg", usual).data != write(PHOTO, "image/jpeg", changed).data


def test_a_palette_has_no_more_colours_than_asked_for(write: Write) -> None:
    for output in ({**PALETTE, "colours": 20}, {"format": "gif", "colours": 20}):
        pixels = bytes(write(PHOTO, "image/jpeg", output).image.extract_band(0, n=3).write_to_memory())
        assert 8 <= len({pixels[at : at + 3] for at in range(0, len(pixels), 3)}) <= 20


@pytest.mark.parametrize(
    ("output", "marker"),
    [
        ({"format": "jpeg", "progressive": True}, b"\xff\xc2"),  # SOF2
        ({"format": "png", "interlace": True}, b"IHDR\x00\x00\x00\xa0\x00\x00\x00\x78\x08\x02\x00\x00\x01"),
    ],
)
def test_a_picture_can_be_written_coarse_first(write: Write, output: dict[str, Any], marker: bytes) -> None:
    assert marker in write(PHOTO, "image/jpeg", output).data
    usual = {"format": output["format"]}
    assert marker not in write(PHOTO, "image/jpeg", usual).data


def test_overshoot_deringing_changes_black_on_white(write: Write) -> None:
    sheet = bytes(pyvips.Image.black(64, 64, bands=3).draw_rect([255] * 3, 20, 20, 31, 31, fill=True).pngsave_buffer())
    plain = write(sheet, "image/png", {"format": "jpeg"}).data
    assert write(sheet, "image/png", {"format": "jpeg", "overshoot_deringing": True}).data != plain


@pytest.mark.parametrize("name", ["png", "webp", "avif", "tiff"])
def test_without_loss_every_pixel_is_as_it_was(write: Write, name: str) -> None:
    source = media.image(".png")
    exact = {"lossless": True, "chroma": "444"} if name == "avif" else {"lossless": True} if name == "webp" else {}
    made = write(source, "image/png", {"format": name, **exact}).image
    apart = (made.cast("int") - pyvips.Image.new_from_buffer(source, "").cast("int")).abs().max()
    assert apart == 0 if name != "avif" else apart <= 1


@pytest.mark.parametrize("name", ["png", "webp", "avif", "gif", "tiff"])
def test_what_is_transparent_stays_so(write: Write, name: str) -> None:
    made = write(transparent(), "image/png", {"format": name}).image
    assert made.hasalpha()
    assert (made[made.bands - 1].getpoint(5, 20)[0], made[made.bands - 1].getpoint(60, 20)[0]) == (255, 0)


def test_jpeg_shows_the_background_where_a_picture_is_transparent(write: Write) -> None:
    made = write(transparent(), "image/png", {"format": "jpeg", "background": "#ff0000", "quality": 95}).image
    red, green, blue = made.getpoint(60, 20)
    assert (made.bands, red > 240, green < 15, blue < 15) == (3, True, True, True)


@pytest.mark.parametrize(
    ("name", "width", "limit"),
    [("jpeg", 65_501, 65_500), ("webp", 16_384, 16_383), ("avif", 16_385, 16_384), ("gif", 65_536, 65_535)],
)
def test_a_picture_too_large_for_the_format_is_refused_with_the_limit(
    write: Write, name: str, width: int, limit: int
) -> None:
    source = bytes(pyvips.Image.black(width, 2).pngsave_buffer())
    with pytest.raises(InvalidRecipe, match=f"at most {limit} pixels") as refusal:
        write(source, "image/png", {"format": name})
    assert (refusal.value.facts["field"], refusal.value.facts["limit"]) == ("output.format", limit)


def test_the_largest_picture_that_a_format_holds_is_written(write: Write) -> None:
    source = bytes(pyvips.Image.black(16_383, 1).pngsave_buffer())
    assert write(source, "image/png", {"format": "webp", "effort": 0}).image.width == 16_383


@pytest.mark.parametrize(
    ("content", "mime", "wanted"),
    [
        (media.image(".png"), "image/png", "image/png"),
        (media.image(".tiff"), "image/tiff", "image/tiff"),
        (media.image(".avif", compression="av1"), "image/avif", "image/avif"),
        (media.bmp(), "image/bmp", "image/png"),
    ],
)  # fmt: skip
def test_without_a_format_a_picture_keeps_its_own_or_becomes_png(
    write: Write, content: bytes, mime: str, wanted: str
) -> None:
    assert write(content, mime).told.mime == wanted


def test_one_pixel_can_be_written_in_every_format(write: Write) -> None:
    dot = bytes(pyvips.Image.black(1, 1, bands=3).copy(interpretation="srgb").pngsave_buffer())
    for name in sorted(WRITABLE):
        file = write(dot, "image/png", {"format": name, "quality": "auto"})
        assert (file.image.width, file.image.height, file.told.size_bytes) == (1, 1, len(file.data))


@pytest.mark.parametrize(
    ("output", "field"),
    [
        ({"format": "jpeg", "quality": 101}, "quality"),
        ({"format": "jpeg", "quality": "best"}, "quality"),
        ({"format": "png", "colours": 1}, "colours"),
        ({"format": "png", "colours": 16}, "colours"),
        ({"format": "png", "palette": True, "bit_depth": 16}, "bit_depth"),
        ({"format": "png", "dither": 2}, "dither"),
        ({"format": "webp", "effort": 7}, "effort"),
        ({"format": "avif", "bit_depth": 9}, "bit_depth"),
        ({"format": "tiff", "compression": "jpeg", "bit_depth": 16}, "bit_depth"),
        ({"format": "gif", "lossless": True}, "lossless"),
        ({"format": "jpeg", "keep": ["everything"]}, "keep"),
        ({"format": "jpeg", "max_bytes": 0}, "max_bytes"),
        ({"format": "jpeg", "similarity": "perfect"}, "similarity"),
        ({"format": "mng"}, "format"),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_is_named(output: dict[str, Any], field: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=field):
        read(output)


def test_every_format_says_what_it_is() -> None:
    for kind in OUTPUTS:
        assert kind.__doc__
        assert kind.name() == "auto" or (kind.mime.startswith("image/") and kind.extension)
