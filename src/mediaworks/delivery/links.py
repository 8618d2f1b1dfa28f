"""The addresses that media objects are given out under."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

from mediaworks.accounts.signing import Keyring, load_keyring
from mediaworks.db import Database
from mediaworks.delivery.config import DeliveryConfig
from mediaworks.media import Media, Role, Variant, Visibility


class SignedLinks:
    """Links that stay the same for a while, so that browsers and caches can keep what they fetched.

    The expiry is rounded up to a multiple of the lifetime: a link is good for one to two lifetimes.
    """

    def __init__(self, keyring: Keyring, config: DeliveryConfig) -> None:
        self.keyring = keyring
        self._lifetime = config.link_seconds
        self._base = config.public_url.rstrip("/")

    async def refresh(self, database: Database) -> None:
        """Take over keys that were added since."""
        self.keyring = await load_keyring(database)

    def original(self, media: Media) -> str:
        return self._signed(original_path(media))

    def variant(self, media: Media, variant: Variant) -> str:
        return self._signed(variant_path(media, variant))

    def rendition(self, media: Media, variant: Variant) -> str:
        """Without a signature, and for good, where everybody may look at it."""
        path = variant_path(media, variant)
        return self._signed(path) if media.visibility is Visibility.PRIVATE else self._base + path

    def public(self, media_id: UUID, name: str) -> str:
        return f"{self._base}/f/{media_id}/{quote(name, safe='')}"

    def shared(self, token: str) -> str:
        """Where a share link is opened."""
        return f"{self._base}/s/{token}"

    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self._expiry(), UTC)

    def _signed(self, path: str) -> str:
        return self._base + self.keyring.sign(path, self._expiry())

    def _expiry(self) -> int:
        return (int(time.time()) // self._lifetime + 2) * self._lifetime


def original_path(media: Media) -> str:
    return f"/f/{media.id}/{quote(media.original_name, safe='')}"


def variant_path(media: Media, variant: Variant) -> str:
    folder = "renditions" if variant.role is Role.RENDITION else "thumbnails"
    return f"/f/{media.id}/{folder}/{file_name(variant)}"


def file_name(variant: Variant) -> str:
    """What a variant is called in addresses; a rendition's name has its ending already."""
    extension = variant.mime_type.rpartition("/")[2]
    return variant.name if variant.role is Role.RENDITION else f"{variant.name}.{extension}"
