"""Who hears of a media object beside its owner."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from mediaworks.db import Connection
from mediaworks.media.sharing import queries


class SharedMedia:
    """Those with whom it is shared; see `events/audience.py`."""

    async def of(self, connection: Connection, subjects: Iterable[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        return await queries.audience(connection, subjects)

    async def shared_with(self, connection: Connection, readers: Collection[UUID]) -> Collection[UUID]:
        return await queries.shared_among(connection, readers)
