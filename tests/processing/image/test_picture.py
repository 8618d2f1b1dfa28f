from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

import blurhash
import pytest
import pyvips
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mediaworks.errors import TooManyPixels, Unprocessable
from mediaworks.processing import PROBE, UNDERSTAND
from mediaworks.processing.image.thumbhash import thumbhash_of
from mediaworks.testing import media

Understood = Callable[[bytes, str], Any]


def opened(data: bytes) -> pyvips.Image:
    return pyvips.Image.new_from_buffer(data, "")


def corner(image: pyvips.Image, x: float, y: float) -> list[float]:
    return [round(v) for v in image(int(x * (image.width - 1)), int(y * (image.height - 1)))]


def test_a_large_picture_gives_every_size_and_none_is_enlarged(understood: Understood) -> None:
    found = understood(media.photo(2600, 1300), "image/jpeg")
    assert {(t.name, t.width, t.height) for t in found.thumbnails} == {
        ("2048", 2048, 1024), ("1280", 1280, 640), ("640", 640, 320), ("320", 320, 160), ("150x150", 150, 150),
    }  # fmt: skip


def test_a_small_picture_gives_its_own_size_only(understood: Understood) -> None:
    found = understood(media.image(".png", 90, 60), "image/png")
    assert {(t.name, t.width, t.height) for t in found.thumbnails} == {("320", 90, 60), ("150x150", 90, 60)}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_thumbnails_are_upright(understood: Understood, orientation: int) -> None:
    """The stored picture is dark at its upper left; each orientation puts that corner elsewhere (EXIF 2.32, tag 274)."""
    found = understood(media.photo_with_camera_data(orientation), "image/jpeg")
    shown = opened(found.thumbnails[0].data)
    assert (shown.width > shown.height) == (orientation <= 4)
    assert (found.facts.width, found.facts.height) == ((300, 200) if orientation <= 4 else (200, 300))
    dark = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[orientation]
    assert max(corner(shown, *dark)[:2]) < 40


def test_no_metadata_is_left_in_a_thumbnail(understood: Understood) -> None:
    for thumbnail in understood(media.photo_with_camera_data(), "image/jpeg").thumbnails:
        fields = opened(thumbnail.data).get_fields()
        assert not [name for name in fields if name.startswith(("exif", "xmp", "iptc", "icc"))]


def test_wide_colours_become_srgb(understood: Understood) -> None:
    """A P3 red of (234, 51, 35) is the reddest red of sRGB."""
    red = (media.gradient(64, 64) * 0 + [234, 51, 35]).cast("uchar").copy(interpretation="srgb")
    wide = red.icc_transform("p3", input_profile="srgb")
    found = understood(bytes(wide.write_to_buffer(".png")), "image/png")
    assert found.details["icc_profile"] is not None
    for is_now, was in zip(corner(opened(found.thumbnails[0].data), 0.5, 0.5), (234, 51, 35), strict=True):
        assert abs(is_now - was) <= 4


def test_ink_colours_become_srgb(understood: Understood) -> None:
    inks = media.gradient(64, 64).icc_transform("cmyk", input_profile="srgb")
    found = understood(bytes(inks.write_to_buffer(".jpg", keep="none")), "image/jpeg")
    assert found.details["color_space"] == "cmyk"
    shown = opened(found.thumbnails[0].data)
    assert corner(shown, 1, 0)[0] > 170
    assert corner(shown, 0, 1)[1] > 120


def test_sixteen_bits_become_eight(understood: Understood) -> None:
    deep = (media.gradient(64, 64).cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
    found = understood(bytes(deep.write_to_buffer(".png")), "image/png")
    assert found.details["bit_depth"] == 16
    assert corner(opened(found.thumbnails[0].data), 1, 0)[0] > 230


def test_transparency_is_kept(understood: Understood) -> None:
    picture = media.gradient(64, 64).bandjoin(pyvips.Image.xyz(64, 64)[0] * 4).cast("uchar").copy(interpretation="srgb")
    found = understood(bytes(picture.write_to_buffer(".png")), "image/png")
    shown = opened(found.thumbnails[0].data)
    assert shown.hasalpha()
    assert corner(shown, 0, 0)[3] < 20


def test_of_an_animation_the_first_picture_is_shown_and_the_pages_are_told(understood: Understood) -> None:
    found = understood(media.animation(3), "image/gif")
    assert found.details["pages"] == 3
    assert (found.facts.width, found.facts.height) == (64, 48)


def test_a_bmp_is_read_too(understood: Understood) -> None:
    found = understood(media.bmp(), "image/bmp")
    assert (found.facts.width, found.facts.height) == (8, 4)
    assert found.dominant_color == "#f08020"


@pytest.mark.parametrize("size", [b"\x30\x75\x00\x00" * 2, b"\x30\x75\x00\x00\xd0\x8a\xff\xff"])
def test_a_bmp_of_too_many_pixels_is_refused_by_its_header(ask: Any, size: bytes) -> None:
    """30000×30000, stored from the bottom and from the top."""
    content = media.bmp()
    for task in (PROBE, UNDERSTAND):
        with pytest.raises(TooManyPixels):
            ask(task, content[:18] + size + content[26:], "image/bmp")


def test_a_bmp_without_pixels_is_refused(ask: Any) -> None:
    content = media.bmp()
    for broken in (content[:20], content[:18] + bytes(8) + content[26:]):
        for task in (PROBE, UNDERSTAND):
            with pytest.raises(Unprocessable) as refusal:
                ask(task, broken, "image/bmp")
            assert refusal.value.code == "unreadable_media"


def test_placeholders_look_like_the_picture(understood: Understood) -> None:
    found = understood(media.image(".png", 300, 200), "image/png")
    left, right = (blurhash.decode(found.blurhash, 32, 32)[16][x][0] for x in (2, 29))
    assert left < 110 < 150 < right
    assert len(base64.b64decode(found.thumbhash)) <= 25
    assert len(found.palette) == 6


def test_thumbhash_is_that_of_the_reference() -> None:
    """Computed with the reference implementation for these very pixels."""
    places = [(x, y) for y in range(5) for x in range(7)]
    colours = [
        ((x * x * 31 + y * 17) % 256, (y * y * 53 + x * 29) % 256, (x * y * 71 + x * 13) % 256, 255) for x, y in places
    ]
    pixels = b"".join(map(bytes, colours))
    assert thumbhash_of(7, 5, pixels) == "2qcJLYpwgIRhhng3lkeMdf1ZvZCZ"


def test_a_bomb_is_refused_in_an_instant(ask: Any) -> None:
    bomb = media.bomb()
    for task in (PROBE, UNDERSTAND):
        began = time.monotonic()
        with pytest.raises(TooManyPixels, match="900 million"):
            ask(task, bomb, "image/png")
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("mime", ["image/svg+xml", "application/pdf"])
def test_documents_are_not_opened(understood: Understood, mime: str) -> None:
    assert understood(b"whatever", mime).facts.kind == "document"


def test_a_type_that_lies_about_its_content_reaches_no_other_loader(understood: Understood) -> None:
    for content in (media.SVG, media.PDF, b"P1 1 1 1", b"push graphic-context"):
        with pytest.raises(Unprocessable):
            understood(content, "image/png")


SAMPLES = {
    "image/jpeg": media.image(".jpg"),
    "image/png": media.image(".png"),
    "image/webp": media.image(".webp"),
    "image/gif": media.animation(),
    "image/tiff": media.image(".tiff"),
    "image/avif": media.image(".avif", 64, 64),
    "video/mp4": media.video(),
    "audio/mpeg": media.audio("mp3"),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mime=st.sampled_from(sorted(SAMPLES)),
    places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    cut=st.floats(0.2, 1),
)
def test_damaged_files_are_understood_or_refused_and_nothing_worse(
    understood: Understood, mime: str, places: list[tuple[float, int]], cut: float
) -> None:
    content = bytearray(SAMPLES[mime][: max(20, int(len(SAMPLES[mime]) * cut))])
    for place, value in places:
        content[int(place * (len(content) - 1))] = value
    code = None
    try:
        assert understood(bytes(content), mime).facts
    except Unprocessable as refusal:
        code = refusal.code
    assert code in {None, "unreadable_media", "too_many_pixels"}
