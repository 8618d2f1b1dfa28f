"""Quantities that people write with a unit."""

from __future__ import annotations

import re

_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgtp]?)(?:i?b)?\s*", re.IGNORECASE)


class Bytes(int):
    """A number of bytes, written as `1048576` or `1 MiB`."""

    @classmethod
    def parse(cls, text: str) -> Bytes:
        """Read `20 GiB`, `64k` or `1048576`; units are powers of 1024. Raises ValueError for anything else."""
        match = _SIZE.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is not a size such as 1048576, 64 KiB or 20 GiB")
        number, unit = match.groups()
        return cls(float(number) * _UNITS[unit.lower()])


def readable_size(count: int) -> str:
    """`count` bytes as people say it: 1536 -> '1.5 KiB'."""
    size = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.4g} {unit}"
        size /= 1024
    return f"{size:.4g} TiB"
