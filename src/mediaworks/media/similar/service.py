"""Searches among fingerprints: what looks like a picture, and what is nearly the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from uuid import UUID

from mediaworks.accounts import Caller
from mediaworks.accounts.audit import note_foreign_reads
from mediaworks.db import Connection, Database
from mediaworks.errors import Unprocessable
from mediaworks.kit.paging import require_between
from mediaworks.media.listing import Filter
from mediaworks.media.queries import media_among
from mediaworks.media.service import MediaLibrary, with_access
from mediaworks.media.similar import queries
from mediaworks.media.similar.model import BITS, Found, Near
from mediaworks.processing import Kind

EXACT_UP_TO = 100_000
LONGEST = 200


class Whose(StrEnum):
    """Among which objects to look: the caller's own and what is shared with the caller, one of these, or everybody's."""

    VISIBLE = "visible"
    OWN = "own"
    SHARED = "shared"
    ALL = "all"


class SimilarPictures:
    """`indexed`: whether the database has an index by distance. `exact_up_to`: of no more pictures than these all are
    compared, which misses none; the index is for more."""

    def __init__(
        self, database: Database, library: MediaLibrary, *, indexed: bool, exact_up_to: int = EXACT_UP_TO
    ) -> None:
        self._database = database
        self._library = library
        self._indexed = indexed
        self._exact_up_to = exact_up_to

    async def similar(
        self, caller: Caller, media_id: UUID, *, whose: Whose, max_distance: int, limit: int, turned: bool
    ) -> Found:
        """What looks like a picture, the nearest first; `turned`: also what looks like it mirrored or turned by right angles.

        Raises NotFound as `MediaLibrary.get`, Unprocessable for what is no picture, Invalid, and Forbidden for everybody's.
        """
        _check(max_distance, limit)
        if whose is Whose.ALL:
            caller.require_everybody()
        media = await self._library.get(caller, media_id)
        if media.kind is not Kind.IMAGE:
            raise Unprocessable(f"Only pictures have similar ones, and this is {media.kind}", code="no_picture")
        async with self._database.transaction() as connection:
            views = await queries.views_of(connection, media_id)
            if not views:
                return Found(None, ())
            wanted = views if turned else views[:1]
            near: dict[UUID, int] = {}
            for among in _filters(caller, whose):
                near |= await self._nearest(connection, among, wanted, max_distance, limit + 1)
            near.pop(media_id, None)
            items = await _shown(connection, caller, near, limit)
        note_foreign_reads(caller, (one.media.user_id for one in items))
        return Found(views[0], tuple(items))

    async def _nearest(
        self, connection: Connection, among: Filter, views: Sequence[str], max_distance: int, limit: int
    ) -> dict[UUID, int]:
        bounds = {"max_distance": max_distance, "limit": limit}
        if not self._indexed or await queries.are_few(connection, among, self._exact_up_to):
            return dict(await queries.nearest(connection, among, views, **bounds))
        found: dict[UUID, int] = {}
        for view in views:
            for media_id, distance in await queries.nearest_by_index(connection, among, view, **bounds):
                found[media_id] = min(distance, found.get(media_id, BITS))
        return found


async def open_similar(database: Database, library: MediaLibrary) -> SimilarPictures:
    """With the index by distance if the database has it now."""
    async with database.reading() as connection:
        return SimilarPictures(database, library, indexed=await queries.is_indexed(connection))


def _filters(caller: Caller, whose: Whose) -> Iterable[Filter]:
    if whose is Whose.ALL:
        yield Filter(owner=None)
    if whose in {Whose.OWN, Whose.VISIBLE}:
        yield Filter(owner=caller.user_id)
    if whose in {Whose.SHARED, Whose.VISIBLE}:
        yield Filter(owner=None, shared_with=caller.user_id, groups=caller.groups)


async def _shown(connection: Connection, caller: Caller, near: dict[UUID, int], limit: int) -> list[Near]:
    """The nearest as the caller may see them."""
    first = sorted(near, key=lambda media_id: (near[media_id], media_id))[:limit]
    found = await media_among(connection, first)
    seen = {media.id: media for media in await with_access(connection, caller, list(found.values()))}
    return [Near(seen[media_id], near[media_id]) for media_id in first if media_id in seen]


def _check(max_distance: int, limit: int) -> None:
    require_between("max_distance", max_distance, BITS, least=0)
    require_between("limit", limit, LONGEST)
