"""Groups of nearly the same pictures among those of one owner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from mediaworks.accounts import Caller, Scope
from mediaworks.db import Connection, Database
from mediaworks.kit.paging import require_between
from mediaworks.media.queries import media_among
from mediaworks.media.similar import queries
from mediaworks.media.similar.model import Group, Groups, Near, Twin, cursor_after, distance, place_of

FARTHEST = 10
LONGEST = 100
CHUNK = 100
MOST_EXAMINED = {0: 2000, 1: 1000, 2: 200}  # by the bits of a band that may differ: more of them, more look-ups
MOST_MEMBERS = 100


class NearDuplicates:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def groups(self, caller: Caller, *, max_distance: int, limit: int, cursor: str | None) -> Groups:
        """One page of the caller's groups. Raises Invalid, Forbidden.

        A group is what can be reached from one of its pictures by steps of at most `max_distance`; it stands where its oldest
        picture does. However many pictures there are, a page looks at no more than 2,000 of them.
        """
        caller.require(Scope.MEDIA_READ)
        _check(max_distance, limit)
        after = place_of(cursor, max_distance) if cursor else None
        async with self._database.reading() as connection:
            search = _Search(connection, caller.user_id, max_distance)
            found, last = await search.page(after, limit)
            items = await _shown(connection, found)
        return Groups(tuple(items), None if last is None else cursor_after(last, max_distance))


class _Search:
    """One walk along an owner's pictures."""

    def __init__(self, connection: Connection, owner: UUID, max_distance: int) -> None:
        self._connection = connection
        self._owner = owner
        self._max_distance = max_distance
        self._known: dict[str, list[Twin]] = {}

    async def page(self, after: UUID | None, limit: int) -> tuple[list[list[Twin]], UUID | None]:
        """Groups of the pictures after one, and after which to go on; None when there are no more."""
        found: list[list[Twin]] = []
        for _ in range(MOST_EXAMINED[self._max_distance // queries.BANDS] // CHUNK):
            pictures = await queries.pictures_after(self._connection, self._owner, after, CHUNK)
            await self._learn(picture.phash for picture in pictures)
            for picture in pictures:
                after = picture.id
                group = await self._group_of(picture)
                if group:
                    found.append(group)
                if len(found) == limit:
                    return found, after
            if len(pictures) < CHUNK:
                return found, None
        return found, after

    async def _group_of(self, first: Twin) -> list[Twin]:
        """The group that begins with this picture; none when it is alone, or when an older one begins it."""
        members, waiting = {first.id: first}, [first.phash]
        while waiting and len(members) <= MOST_MEMBERS:
            await self._learn(waiting)
            near = [twin for phash in waiting for twin in self._known[phash] if twin.id not in members]
            if any(twin.id < first.id for twin in near):
                return []
            members |= {twin.id: twin for twin in near}
            waiting = sorted({twin.phash for twin in near})
        return list(members.values()) if len(members) > 1 else []

    async def _learn(self, fingerprints: Iterable[str]) -> None:
        """Look up whatever is not known yet."""
        missing = sorted({one for one in fingerprints if one not in self._known})
        if missing:
            found = await queries.neighbours(
                self._connection, self._owner, missing, max_distance=self._max_distance, limit=MOST_MEMBERS + 1
            )
            self._known |= {one: found.get(one, []) for one in missing}


async def _shown(connection: Connection, found: Sequence[Sequence[Twin]]) -> list[Group]:
    media = await media_among(connection, [twin.id for group in found for twin in group])
    groups = []
    for group in found:
        best = min(group, key=lambda twin: (-twin.pixels, twin.created_at, twin.id))
        ordered = sorted(group, key=lambda twin: (twin is not best, distance(twin.phash, best.phash), twin.id))
        near = [Near(media[twin.id], distance(twin.phash, best.phash)) for twin in ordered if twin.id in media]
        groups.append(Group(tuple(near[:MOST_MEMBERS]), len(group) > MOST_MEMBERS))
    return groups


def _check(max_distance: int, limit: int) -> None:
    require_between("max_distance", max_distance, FARTHEST, least=0)
    require_between("limit", limit, LONGEST)
