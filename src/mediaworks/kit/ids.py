"""Identifiers: UUIDv7 (RFC 9562 section 5.7), so that ids sort by the time they were made."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh time-ordered identifier."""
    return uuid7()


def parse_id(text: str) -> UUID | None:
    """The identifier that `text` spells, or None when it spells none."""
    try:
        return UUID(text)
    except ValueError:
        return None
