"""Nothing goes out with a picture but what was named."""

from __future__ import annotations

from typing import Any

import pytest
import pyvips
from tests.processing.image.outputs.conftest import Write

from mediaworks.processing.image import details, iptc
from mediaworks.testing import media

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" exif:GPSLatitude="52,30N" xmpRights:WebStatement="https://rights.example">
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">\xc2\xa9 Jane</rdf:li></rdf:Alt></dc:rights>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">my secret garden</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
EMBEDS = ["jpeg", "png", "webp", "avif"]


def dataset(number: int, text: bytes) -> bytes:
    return bytes((0x1C, 2, number)) + len(text).to_bytes(2) + text


def captions() -> bytes:
    stream = dataset(80, b"Jane Doe") + dataset(116, b"(c) Jane") + dataset(120, b"my secret garden")
    return b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + len(stream).to_bytes(4) + stream


def camera_file() -> bytes:
    """A JPEG lying on its side with everything that a camera and an agency write into it."""
    picture = pyvips.Image.new_from_buffer(media.photo_with_camera_data(), "").copy()
    for name, value in {"exif-ifd0-Copyright": "(c) Jane", "exif-ifd0-Artist": "Jane Doe"}.items():
        picture.set_type(pyvips.GValue.gstr_type, name, value)
    picture.set_type(pyvips.GValue.gstr_type, "exif-ifd2-UserComment", "secret")
    picture.set_type(pyvips.GValue.blob_type, "xmp-data", XMP)
    picture.set_type(pyvips.GValue.blob_type, "iptc-data", captions())
    return bytes(picture.jpegsave_buffer(profile="p3"))


FILE = camera_file()


@pytest.mark.parametrize("name", [*EMBEDS, "gif", "tiff"])
def test_nothing_is_kept_unless_it_is_named(write: Write, name: str) -> None:
    file = write(FILE, "image/jpeg", {"format": name})
    assert not {field for field in file.fields if field.startswith("exif")} & {
        f"exif-ifd{n}-{t}" for n in range(4) for t in ("Make", "Copyright", "GPSLatitude")
    }
    assert not file.fields & {"exif-data", "xmp-data", "iptc-data", "icc-profile-data"}
    for secret in (b"Acme", b"Jane", b"secret", b"GPS"):
        assert secret not in file.data


@pytest.mark.parametrize("name", EMBEDS)
def test_what_the_camera_noted_of_its_rotation_is_in_the_pixels(write: Write, name: str) -> None:
    file = write(FILE, "image/jpeg", {"format": name, "keep": ["exif", "copyright", "gps"]})
    assert (file.told.width, file.told.height) == (file.image.width, file.image.height) == (200, 300)
    assert "orientation" not in file.fields or file.image.get("orientation") == 1


@pytest.mark.parametrize("name", EMBEDS)
def test_copyright_keeps_who_made_it_and_nothing_of_where_or_how(write: Write, name: str) -> None:
    file = write(FILE, "image/jpeg", {"format": name, "keep": ["copyright"]})
    image = file.image
    assert image.get("exif-ifd0-Copyright").startswith("(c) Jane")
    assert image.get("exif-ifd0-Artist").startswith("Jane Doe")
    packet = bytes(image.get("xmp-data")).decode()
    assert "© Jane" in packet
    assert "https://rights.example" in packet
    for secret in (b"Acme", b"secret", b"GPS", b"52,30N"):
        assert secret not in file.data


def test_copyright_keeps_the_credits_of_iptc_in_jpeg(write: Write) -> None:
    kept = write(FILE, "image/jpeg", {"format": "jpeg", "keep": ["copyright"]}).image.get("iptc-data")
    assert iptc.read(bytes(kept)) == {"creator": ["Jane Doe"], "copyright": ["(c) Jane"]}


@pytest.mark.parametrize("name", EMBEDS)
def test_exif_keeps_the_camera_and_a_place_must_be_named_itself(write: Write, name: str) -> None:
    without = write(FILE, "image/jpeg", {"format": name, "keep": ["exif"]})
    assert without.image.get("exif-ifd0-Make").startswith("Acme")
    assert without.image.get("exif-ifd2-PixelXDimension").startswith("200 ")
    assert not {field for field in without.fields if "GPS" in field}
    placed = write(FILE, "image/jpeg", {"format": name, "keep": ["exif", "gps"]}).image
    assert placed.get("exif-ifd3-GPSLatitude").startswith("52/1")


def test_a_preview_in_the_camera_data_is_never_kept(write: Write) -> None:
    picture = pyvips.Image.new_from_buffer(FILE, "").copy()
    preview = bytes(pyvips.Image.black(16, 16).jpegsave_buffer(keep="none"))
    picture.set_type(pyvips.GValue.blob_type, "jpeg-thumbnail-data", preview)
    content = bytes(picture.jpegsave_buffer())
    assert content.count(b"\xff\xd8\xff") == 2
    assert write(content, "image/jpeg", {"keep": ["exif", "gps", "copyright"]}).data.count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize(
    "packet",
    [b"no xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', b"<a/>", b"\xff\xfe\x00", b"<a>" * 20_000 + b"</a>" * 20_000],
)
def test_what_cannot_be_read_of_rights_is_left_out(write: Write, packet: bytes) -> None:
    picture = media.gradient(40, 30).copy()
    picture.set_type(pyvips.GValue.blob_type, "xmp-data", packet)
    file = write(bytes(picture.jpegsave_buffer()), "image/jpeg", {"keep": ["copyright"]})
    assert "xmp-data" not in file.fields


@pytest.mark.parametrize("name", [*EMBEDS, "tiff"])
def test_the_profile_is_embedded_when_it_is_asked_for(write: Write, name: str) -> None:
    assert details.profile_name(write(FILE, "image/jpeg", {"format": name, "keep": ["profile"]}).image) == "sRGB"


@pytest.mark.parametrize("name", EMBEDS)
def test_display_p3_keeps_colours_that_srgb_has_not(write: Write, name: str) -> None:
    red = pyvips.Image.black(32, 32, bands=3).linear(1, [255, 0, 0])
    source = bytes(red.cast("uchar").copy(interpretation="srgb").pngsave_buffer(profile="p3"))
    wide = write(source, "image/png", {"format": name, "profile": "p3", "quality": 98}).image
    assert wide.get_typeof("icc-profile-data")
    assert_close(wide.getpoint(16, 16), (255, 0, 0))
    narrow = write(source, "image/png", {"format": name, "quality": 98}).image
    assert not narrow.get_typeof("icc-profile-data")
    assert_close(narrow.getpoint(16, 16), (255, 0, 0))
    lab = [image.icc_import(embedded=True) if image is wide else image.colourspace("lab") for image in (wide, narrow)]
    assert lab[0].getpoint(16, 16)[1] > lab[1].getpoint(16, 16)[1] + 5


def test_a_source_in_srgb_looks_the_same_in_display_p3(write: Write) -> None:
    source = media.image(".png")
    wide = write(source, "image/png", {"format": "png", "profile": "p3"}).image
    same = wide.icc_transform("srgb", embedded=True, intent="relative")
    apart = (same.cast("int") - pyvips.Image.new_from_buffer(source, "").cast("int")).abs()
    assert apart.avg() < 0.5
    assert apart.max() <= 8  # at the edge of sRGB a step of eight bits in P3 is wide


def assert_close(pixel: Any, wanted: tuple[int, int, int]) -> None:
    assert max(abs(have - want) for have, want in zip(pixel, wanted, strict=True)) <= 6, pixel
