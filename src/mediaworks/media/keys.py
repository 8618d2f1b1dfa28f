"""Storage keys: made from the id alone, spread over 256 folders by its random end."""

from __future__ import annotations

from uuid import UUID


def original_key(media_id: UUID) -> str:
    return f"originals/{media_id.hex[-2:]}/{media_id}"


def variant_key(media_id: UUID, name: str, extension: str) -> str:
    return f"variants/{media_id.hex[-2:]}/{media_id}-{name}.{extension}"
