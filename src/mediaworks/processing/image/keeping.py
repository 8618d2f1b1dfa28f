"""Metadata that a picture takes along when it is asked to: nothing but what is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mediaworks.processing.image import iptc, vips, xmp
from mediaworks.processing.image.outputs import Output
from mediaworks.processing.types import BMP

AUTHORSHIP = ("exif-ifd0-Copyright", "exif-ifd0-Artist")
UPRIGHT = "exif-ifd0-Orientation"
BINARY = ", Undefined, "  # of such fields libvips tells no value that could be written again
PLACE = "exif-ifd3-"
CAMERA = ("exif-ifd0-", "exif-ifd2-", "exif-ifd4-")
STRUCTURE = {"page-height", "n-pages", "delay", "loop", "gif-palette", "palette"}
FIELDS = 1000
FROM_HEADERS = {"copyright", "exif", "gps"}


class Attached(NamedTuple):
    """A picture with just what it keeps, and how libvips calls that."""

    image: vips.Image
    keep: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file brought along: `tags` are the fields of its EXIF as libvips writes them out. Its block of EXIF itself never
    goes on: in it lie the preview, the place, and what makers hide."""

    tags: Mapping[str, str] = field(default_factory=dict)
    iptc: bytes = b""
    xmp: bytes = b""

    @classmethod
    def of(cls, header: vips.Image) -> Metadata:
        names = header.get_fields()[:FIELDS]
        return cls(
            {name: str(header.get(name)) for name in names if name.startswith("exif-ifd")},
            _blob(header, "iptc-data"),
            _blob(header, "xmp-data"),
        )

    def attached_to(self, image: vips.Image, keep: Sequence[str], mime: str) -> Attached:
        """`image` with what `keep` names and nothing else. Captions of IPTC are for JPEG alone: the other formats have XMP."""
        image, flags = bare(image), []
        tags = {name: value for name, value in self.tags.items() if _stays(name, keep) and BINARY not in value}
        for name, value in tags.items():
            image.set_type(vips.TEXT, name, value)
        if tags:
            flags.append("exif")
        if "copyright" in keep:
            flags += self._put_captions(image, mime)
        return Attached(image, "|".join(flags) or "none")

    def _put_captions(self, image: vips.Image, mime: str) -> list[str]:
        found = {"xmp": xmp.rights(self.xmp)}
        if mime == "image/jpeg":
            found["iptc"] = iptc.credits_of(self.iptc)
        for name, data in found.items():
            if data:
                image.set_type(vips.BLOB, f"{name}-data", data)
        return [name for name, data in found.items() if data]


def found_in(descriptor: int, outputs: Sequence[Output], mime: str) -> Metadata:
    """What the file has, if any of `outputs` keeps any of it."""
    if mime == BMP.mime or not any(set(output.keep) & FROM_HEADERS for output in outputs):
        return Metadata()
    try:
        return Metadata.of(vips.Image.new_from_source(vips.source(descriptor), "", access="sequential", fail_on="none"))
    except vips.Error:
        return Metadata()  # decoding says what is wrong with the file


def bare(image: vips.Image) -> vips.Image:
    """The pixels, and of what is said about them only how frames lie and play."""
    image = image.copy()
    for name in image.get_fields():
        if name not in STRUCTURE and _is_metadata(name):
            image.remove(name)
    return image


def _is_metadata(name: str) -> bool:
    return name.startswith(("exif-", "gainmap", "png-comment", "heif-", "jpeg-", "tiff-")) or name in {
        "orientation", "icc-profile-data", "xmp-data", "iptc-data", "photoshop-data", "background", "image-description",
    }  # fmt: skip


def _stays(name: str, keep: Sequence[str]) -> bool:
    if name == UPRIGHT:
        return False
    if name.startswith(PLACE):
        return "gps" in keep
    if name in AUTHORSHIP and "copyright" in keep:
        return True
    return "exif" in keep and name.startswith(CAMERA)


def _blob(header: vips.Image, name: str) -> bytes:
    return bytes(header.get(name)) if header.get_typeof(name) else b""
