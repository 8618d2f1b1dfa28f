"""Where encoders put what others may take, and take what others have made."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID


class Shelf(Protocol):
    async def fetch(self, place: str, name: str) -> Path | None:
        """The file, which lies in the cache of this machine from then on; None when it cannot be had soon."""

    async def names(self, place: str) -> set[str]:
        """What of a place can be had."""

    def offer(self, media_id: UUID, place: str, name: str, used_at: datetime | None = None) -> None:
        """Give to others, in a while, what lies in the cache of this machine. `used_at`: when it was played last, now when
        left out."""


class NoShelf:
    """Of a machine that keeps its segments to itself."""

    async def fetch(self, place: str, name: str) -> Path | None:
        return None

    async def names(self, place: str) -> set[str]:
        return set()

    def offer(self, media_id: UUID, place: str, name: str, used_at: datetime | None = None) -> None:
        """Nobody is there to take it."""
