"""Who may see an event beside its owner: other rooms know with whom a thing is shared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol, runtime_checkable
from uuid import UUID

from mediaworks.db import Connection


@runtime_checkable
class Audience(Protocol):
    """Users and groups are both named by their ids."""

    async def of(self, connection: Connection, subjects: Iterable[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        """With whom each of these is shared; what is not shared may be left out."""

    async def shared_with(self, connection: Connection, readers: Collection[UUID]) -> Collection[UUID]:
        """The subjects that are shared with any of these users and groups."""


class Nobody:
    """Nothing is shared."""

    async def of(self, connection: Connection, subjects: Iterable[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        return {}

    async def shared_with(self, connection: Connection, readers: Collection[UUID]) -> Collection[UUID]:
        return ()
