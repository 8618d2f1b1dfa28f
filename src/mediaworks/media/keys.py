"""Storage keys: made from the id alone, spread over 256 folders by its random end."""

from __future__ import annotations

from uuid import UUID

from mediaworks.kit.ids import new_id


def original_key(media_id: UUID) -> str:
    return f"originals/{media_id.hex[-2:]}/{media_id}"


def content_key(media_id: UUID) -> str:
    """For bytes that a media object is to have: another key for each try, so that none ever overwrites another's."""
    return f"{original_key(media_id)}-{new_id().hex}"


def variant_key(content: str, name: str, extension: str) -> str:
    """For what is made of the bytes under the key `content`."""
    return f"variants/{content.removeprefix('originals/')}-{name}.{extension}"
