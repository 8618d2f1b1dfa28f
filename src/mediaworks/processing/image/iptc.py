"""IPTC captions: the application records of an IIM stream (IPTC-NAA Information Interchange Model 4.2)."""

from __future__ import annotations

from collections.abc import Iterator

NAMES = {
    5: "title", 15: "category", 25: "keywords", 55: "date_created", 80: "creator", 85: "creator_title", 90: "city",
    92: "location", 95: "state", 101: "country", 105: "headline", 110: "credit", 115: "source", 116: "copyright",
    120: "description", 122: "description_writer",
}  # fmt: skip
CREDITS = {80, 85, 110, 115, 116}
UTF8 = b"\x1c\x01\x5a\x00\x03\x1b%G"  # dataset 1:90, which says so
VALUE_LENGTH = 2000
DATASETS = 200


def read(data: bytes) -> dict[str, list[str]] | None:
    """The named datasets of record 2, each with all of its values; None when there are none."""
    found: dict[str, list[str]] = {}
    for number, value in _datasets(data):
        if number in NAMES:
            text = value[:VALUE_LENGTH].decode("utf-8", "replace").replace("\x00", "")
            found.setdefault(NAMES[number], []).append(text)
    return found or None


def credits_of(data: bytes) -> bytes:
    """Only who made it, whom to credit and the copyright, in the block of JPEG's APP13 (Photoshop resource 0x0404)."""
    kept = [_dataset(number, value) for number, value in _datasets(data) if number in CREDITS]
    if not kept:
        return b""
    stream = (UTF8 if UTF8 in data else b"") + b"".join(kept)
    return (
        b"Photoshop 3.0\x00" + b"8BIM\x04\x04\x00\x00" + len(stream).to_bytes(4) + stream + b"\x00" * (len(stream) % 2)
    )


def _datasets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and value of each dataset of record 2."""
    at = data.find(b"\x1c\x02")
    for _ in range(DATASETS):
        if at < 0 or data[at : at + 1] != b"\x1c" or len(data) < at + 5:
            return
        record, number, length = data[at + 1], data[at + 2], int.from_bytes(data[at + 3 : at + 5])
        if record == 2:
            yield number, data[at + 5 : at + 5 + length]
        at += 5 + length


def _dataset(number: int, value: bytes) -> bytes:
    value = value[:VALUE_LENGTH]
    return bytes((0x1C, 2, number)) + len(value).to_bytes(2) + value
