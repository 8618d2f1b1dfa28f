"""What a picture's headers tell, as JSON: format, colours, camera, place, captions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mediaworks.processing.bounds import bounded
from mediaworks.processing.image import iptc, vips
from mediaworks.processing.image.exif import gps_of, plain

TEXT_BYTES = 16_384
VALUE_LENGTH = 500
FIELDS = 200
_SECTIONS = {"ifd0": "image", "ifd1": "thumbnail", "ifd2": "photo", "ifd3": "gps", "ifd4": "interoperability"}
_BITS = {"uchar": 8, "char": 8, "ushort": 16, "short": 16, "uint": 32, "int": 32, "float": 32, "double": 64}


def of(header: vips.Image) -> dict[str, Any]:
    """`format`, `color_space`, `bit_depth`, `has_alpha`, `pages`, and where present `icc_profile`, `orientation`,
    `exif`, `gps`, `iptc`, `xmp`."""
    fields = {name: header.get(name) for name in header.get_fields()[:FIELDS]}
    found: dict[str, Any] = {
        "format": str(fields.get("vips-loader", "")).partition("load")[0],
        "color_space": str(header.interpretation),
        "bit_depth": int(fields.get("bits-per-sample", _BITS.get(header.format, 8))),
        "has_alpha": bool(header.hasalpha()),
        "pages": int(fields.get("n-pages", 1)),
        "orientation": fields.get("orientation"),
        "icc_profile": profile_name(header),
        "exif": _exif(fields) or None,
        "gps": gps_of({name: str(fields[name]) for name in fields if name.startswith("exif-ifd3-")}),
        "iptc": iptc.read(bytes(fields["iptc-data"])) if "iptc-data" in fields else None,
        "xmp": _text(fields.get("xmp-data")),
        "delays_ms": list(fields["delay"])[:100] if _moves(fields) else None,
        "animation_ms": sum(fields["delay"]) if _moves(fields) else None,
    }
    return bounded({name: value for name, value in found.items() if value is not None}, ("xmp", "iptc", "exif"))


def is_animated(header: vips.Image) -> bool:
    """Whether it has several pages that are shown one after another."""
    return _moves({name: header.get(name) for name in ("n-pages", "delay") if header.get_typeof(name)})


def _moves(fields: Mapping[str, Any]) -> bool:
    return int(fields.get("n-pages", 1)) > 1 and "delay" in fields


def _exif(fields: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    sections: dict[str, dict[str, str]] = {}
    for name, value in fields.items():
        if not name.startswith("exif-ifd"):
            continue
        _, section, tag = name.split("-", 2)
        if section in _SECTIONS and tag not in {"MakerNote", "UserComment"}:
            sections.setdefault(_SECTIONS[section], {})[tag] = plain(str(value))[:VALUE_LENGTH]
    return sections


def profile_name(image: vips.Image) -> str | None:
    """The description of an ICC profile (ICC.1:2022 section 9.2.41): a `desc` or `mluc` element of the tag table."""
    if not image.get_typeof("icc-profile-data"):
        return None
    data = bytes(image.get("icc-profile-data"))
    for entry in range(132, 132 + 12 * min(int.from_bytes(data[128:132]), 100), 12):
        if data[entry : entry + 4] == b"desc":
            start, size = int.from_bytes(data[entry + 4 : entry + 8]), int.from_bytes(data[entry + 8 : entry + 12])
            return _description(data[start : start + min(size, 4096)])
    return "unnamed"


def _description(element: bytes) -> str:
    if element[:4] == b"mluc":
        length, start = int.from_bytes(element[20:24]), int.from_bytes(element[24:28])
        return element[start : start + length].decode("utf-16-be", "replace").strip("\x00 ")[:VALUE_LENGTH]
    length = int.from_bytes(element[8:12])
    return element[12 : 12 + length].decode("ascii", "replace").strip("\x00 ")[:VALUE_LENGTH]


def _text(data: Any) -> str | None:
    if data is None:
        return None
    return bytes(data)[:TEXT_BYTES].decode("utf-8", "replace").replace("\x00", "").strip()
