"""EXIF as libvips shows it: `52/1 30/1 0/1 (52, 30,  0, Rational, 3 components, 24 bytes)`."""

from __future__ import annotations

import re
from collections.abc import Mapping

LONGEST = 4096
_NOTE = re.compile(r" \((.*), [A-Za-z]+, \d+ components?, \d+ bytes?\)\Z", re.DOTALL)


def plain(shown: str) -> str:
    """The readable value of a field, without the note on its storage and without control characters."""
    match = _NOTE.search(shown) if len(shown) <= LONGEST else None
    value = match[1] if match else shown
    return "".join(c for c in value if c.isprintable()).strip()


def gps_of(fields: Mapping[str, str]) -> dict[str, float] | None:
    """`latitude` and `longitude` in degrees (north and east positive) and `altitude` in metres, where they are given."""
    values = {name.rpartition("-")[2]: value for name, value in fields.items()}
    latitude = _degrees(values.get("GPSLatitude"), values.get("GPSLatitudeRef", ""), "S")
    longitude = _degrees(values.get("GPSLongitude"), values.get("GPSLongitudeRef", ""), "W")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    place = {"latitude": latitude, "longitude": longitude}
    height = _rationals(values.get("GPSAltitude"))
    if height:
        below = values.get("GPSAltitudeRef", "").startswith(("1", "Below"))
        place["altitude"] = -height[0] if below else height[0]
    return place


def _degrees(shown: str | None, reference: str, negative: str) -> float | None:
    parts = _rationals(shown)
    if len(parts) != 3:
        return None
    degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
    return round(-degrees if reference.startswith(negative) else degrees, 7)


def _rationals(shown: str | None) -> list[float]:
    """The numbers of a field such as `52/1 30/1 1234/100 (…)`; none when one of them cannot be."""
    if shown is None:
        return []
    pairs = re.findall(r"(\d+)/(\d+)", shown.partition(" (")[0])
    if any(int(below) == 0 for _, below in pairs):
        return []
    return [int(above) / int(below) for above, below in pairs]
