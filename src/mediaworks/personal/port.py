from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable
from uuid import UUID

from mediaworks.kit.archive import Entry


@runtime_checkable
class PersonalData(Protocol):
    """What one room keeps of a user."""

    def export(self, user_id: UUID) -> AsyncIterator[Entry]:
        """All of it, without secrets, as files of an archive."""

    async def erase(self, user_id: UUID) -> None:
        """Remove all of it. May be called again; raises a passing error (Locked, Unavailable) while something is held."""
