from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.errors import Invalid
from mediaworks.media.model import Media
from mediaworks.processing import Appearance

APPEARANCE = "appearance"
"""Under this name what the pixels show is kept among the facts; empty where they could not be looked at."""
BITS = 64


class Near(msgspec.Struct, frozen=True):
    """A picture, and in how many of 64 bits its fingerprint differs from the one that was looked for."""

    media: Media
    distance: int


class Found(msgspec.Struct, frozen=True):
    """The nearest first. `phash`: what was looked for; None where the picture has no fingerprint (yet), and nothing is found."""

    phash: str | None
    items: tuple[Near, ...]


class Twin(msgspec.Struct, frozen=True):
    """A picture among those of its owner; `pixels`: how many."""

    id: UUID
    phash: str
    pixels: int
    created_at: datetime


class Group(msgspec.Struct, frozen=True):
    """Pictures each of which is nearly the same as another of them. `items`: the one to keep, then the others by their distance
    to it; `more`: there are others, which were not looked for."""

    items: tuple[Near, ...]
    more: bool


class Groups(msgspec.Struct, frozen=True):
    """One page of groups, the oldest first. It may have none and still not be the last: `next_cursor` is None then."""

    items: tuple[Group, ...]
    next_cursor: str | None


def bits_of(appearance: Appearance | None) -> str | None:
    """The fingerprint as PostgreSQL writes a bit string; None of what has none."""
    if appearance is None or not appearance.fingerprints:
        return None
    return as_bits(appearance.fingerprints[0])


def as_bits(fingerprint: str) -> str:
    return f"{int(fingerprint, 16):0{BITS}b}"


def as_hex(bits: str) -> str:
    return f"{int(bits, 2):0{BITS // 4}x}"


def distance(one: str, other: str) -> int:
    """How many bits of two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def cursor_after(media_id: UUID, max_distance: int) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((media_id, max_distance))).rstrip(b"=").decode()


def place_of(cursor: str, max_distance: int) -> UUID:
    """Raises Invalid for what no page has given, or one of another distance."""
    try:
        raw: Any = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        media_id, given = msgspec.json.decode(raw, type=tuple[UUID, int])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Invalid("cursor: is not one that a list has given", field="cursor") from error
    if given != max_distance:
        raise Invalid(f"cursor: belongs to max_distance={given}", field="cursor")
    return media_id
