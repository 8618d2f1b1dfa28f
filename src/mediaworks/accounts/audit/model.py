from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-fA-F]{64})")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing done or refused. `action`: the id of the operation in the OpenAPI document; `target`: the id of what it
    was done to, or of what it made; `code`: that of the error."""

    at: datetime
    user_id: UUID | None
    key_id: UUID | None
    role: str | None
    action: str
    method: str
    path: str
    target: str | None
    address: str | None
    status: int
    code: str | None
    details: dict[str, Any]


class Row(msgspec.Struct, frozen=True):
    """An entry in its place: `hash` is over the row and over `previous_hash`, that of the row before."""

    number: int
    entry: Entry
    previous_hash: bytes
    hash: bytes


class Head(msgspec.Struct, frozen=True):
    """The last row there was at some moment; number 0 before the first. As text: `NUMBER:HASH`, in hex."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Raises ValueError for anything but `NUMBER:HASH`."""
        match = _HEAD.fullmatch(text)
        if match is None:
            raise ValueError("must be NUMBER:HASH, as `verify` told it before")
        return cls(int(match[1]), bytes.fromhex(match[2]))


class Broken(msgspec.Struct, frozen=True):
    """The first row that is not as it was written, and why."""

    number: int
    reason: str


class Verdict(msgspec.Struct, frozen=True):
    """`rows`: those that were found in order; `head`: the last of them."""

    rows: int
    head: Head
    broken: Broken | None = None
