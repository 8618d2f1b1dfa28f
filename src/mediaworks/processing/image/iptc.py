"""IPTC captions: the application records of an IIM stream (IPTC-NAA Information Interchange Model 4.2)."""

from __future__ import annotations

NAMES = {
    5: "title", 15: "category", 25: "keywords", 55: "date_created", 80: "creator", 85: "creator_title", 90: "city",
    92: "location", 95: "state", 101: "country", 105: "headline", 110: "credit", 115: "source", 116: "copyright",
    120: "description", 122: "description_writer",
}  # fmt: skip
VALUE_LENGTH = 2000
DATASETS = 200


def read(data: bytes) -> dict[str, list[str]] | None:
    """The named datasets of record 2, each with all of its values; None when there are none."""
    found: dict[str, list[str]] = {}
    at = data.find(b"\x1c\x02")
    for _ in range(DATASETS):
        if at < 0 or data[at : at + 1] != b"\x1c" or len(data) < at + 5:
            break
        record, number, length = data[at + 1], data[at + 2], int.from_bytes(data[at + 3 : at + 5])
        if record == 2 and number in NAMES:
            text = data[at + 5 : at + 5 + min(length, VALUE_LENGTH)].decode("utf-8", "replace").replace("\x00", "")
            found.setdefault(NAMES[number], []).append(text)
        at += 5 + length
    return found or None
