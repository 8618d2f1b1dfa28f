"""Smaller masters of large pictures: their sizes, and that nothing is lost by cutting from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pyvips
from tests.processing.conftest import as_descriptor

from mediaworks.processing.image import reading
from mediaworks.processing.image.master import sizes_of
from mediaworks.processing.model import Facts
from mediaworks.processing.types import Kind
from mediaworks.testing import media
from mediaworks.testing.likeness import ssim

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "images"
Understood = Callable[..., Any]


@pytest.mark.parametrize(
    ("size", "wanted", "made"),
    [
        ((6000, 4000), (1024, 2048), [("master-2048", 2048, 1365), ("master-1024", 1024, 683)]),
        ((2725, 2225), (1024, 2048), [("master-1024", 1024, 836)]),
        ((2225, 2725), (1024,), [("master-1024", 836, 1024)]),
        ((4096, 1), (1024,), [("master-1024", 1024, 1)]),
        ((4032, 3024), (1500, 1024), [("master-1500", 1500, 1125), ("master-1024", 1024, 768)]),
        ((1536, 1536), (1024,), [("master-1024", 1024, 1024)]),
        ((1535, 1535), (1024,), []),
        ((9000, 9000), (), []),
    ],
)
def test_a_picture_has_a_master_of_each_length_that_it_is_much_longer_than(
    size: tuple[int, int], wanted: tuple[int, ...], made: list[tuple[str, int, int]]
) -> None:
    found = sizes_of(Facts(Kind.IMAGE, *size), wanted)
    assert [(size.name, size.width, size.height) for size in found] == made


def shrunk(data: bytes, width: int, height: int) -> pyvips.Image:
    """As a rendering reads it."""
    with as_descriptor(data) as descriptor:
        image = reading.shrunk(descriptor, (width, height))
    return image.flatten(background=255) if image.hasalpha() else image


def resized(data: bytes, width: int, height: int) -> pyvips.Image:
    """From every pixel of the original."""
    image = pyvips.Image.new_from_buffer(data, "")
    image = image.flatten(background=255) if image.hasalpha() else image
    return image.resize(width / image.width, vscale=height / image.height).copy_memory()


@pytest.mark.parametrize(("width", "height"), [(3000, 2000), (5001, 3333)])
def test_a_variant_of_512_pixels_looks_the_same_from_the_master_as_from_the_original(
    understood: Understood, width: int, height: int
) -> None:
    photo = media.photo(width, height)
    master = understood(photo, "image/jpeg").masters[-1]
    assert master.mime == "image/jpeg"
    assert master.width == 1024
    size = 512, round(512 * height / width)
    assert ssim(shrunk(master.data, *size), resized(photo, *size)) >= 0.985


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus lies beside the checkout where there is one")
def test_so_does_one_of_a_real_photo(understood: Understood) -> None:
    photo = (CORPUS / "2569067123_aca715a2ee_o.jpg").read_bytes()
    (master,) = understood(photo, "image/jpeg").masters
    assert (master.name, master.width, master.height) == ("master-1024", 1024, 836)
    assert ssim(shrunk(master.data, 512, 418), resized(photo, 512, 418)) >= 0.985


def test_a_transparent_picture_has_a_transparent_master(understood: Understood) -> None:
    hole = pyvips.Image.xyz(2200, 1200)[0] / 2200 * 255
    picture = media.gradient(2200, 1200).bandjoin(hole).cast("uchar").copy(interpretation="srgb")
    png = bytes(picture.write_to_buffer(".png"))
    (master,) = understood(png, "image/png").masters
    assert (master.mime, master.width) == ("image/webp", 1024)
    assert pyvips.Image.new_from_buffer(master.data, "").hasalpha()
    assert ssim(shrunk(master.data, 512, 279), resized(png, 512, 279)) >= 0.985


def test_a_master_is_upright_and_says_nothing_of_camera_and_place(understood: Understood) -> None:
    picture = media.gradient(2600, 1400).copy()
    picture.set_type(pyvips.GValue.gint_type, "orientation", 6)
    picture.set_type(pyvips.GValue.gstr_type, "exif-ifd0-Make", "Acme")
    for suffix, mime in ((".jpg", "image/jpeg"), (".png", "image/png")):
        (master,) = understood(bytes(picture.write_to_buffer(suffix)), mime).masters
        shown = pyvips.Image.new_from_buffer(master.data, "")
        assert (shown.width, shown.height) == (551, 1024)
        assert shown(543, 8)[0] < 20  # the corner that was stored first
        assert not [name for name in shown.get_fields() if name.startswith(("exif", "icc", "orientation"))]


def test_large_jpegs_are_upright_too(understood: Understood) -> None:
    """They are read on a coarser grid."""
    picture = media.gradient(4400, 2400).copy()
    picture.set_type(pyvips.GValue.gint_type, "orientation", 6)
    found = understood(bytes(picture.write_to_buffer(".jpg")), "image/jpeg")
    assert [(one.name, one.width, one.height) for one in found.masters] == [
        ("master-2048", 1117, 2048), ("master-1024", 559, 1024),
    ]  # fmt: skip
    for made in (*found.masters, *found.thumbnails[:2]):
        shown = pyvips.Image.new_from_buffer(made.data, "")
        assert shown.height > shown.width
        assert shown(shown.width - 5, 5)[0] < 20


def test_what_has_more_levels_or_moves_has_no_master(understood: Understood) -> None:
    deep = (media.gradient(2100, 300).cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
    assert understood(bytes(deep.write_to_buffer(".png")), "image/png").masters == ()
    strip = pyvips.Image.arrayjoin([media.gradient(2100, 60).rot(turn) for turn in ("d0", "d180")], across=1).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", 60)
    assert understood(bytes(strip.write_to_buffer(".gif")), "image/gif").masters == ()
