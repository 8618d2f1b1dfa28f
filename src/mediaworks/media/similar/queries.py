from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Double, Row, Select, cast, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import BIT, JSONB, BitString

from mediaworks.db import Connection
from mediaworks.media.listing import Filter
from mediaworks.media.model import Media
from mediaworks.media.queries import conditions
from mediaworks.media.similar.model import APPEARANCE, BITS, Twin, as_bits, as_hex, bits_of
from mediaworks.media.tables import media_objects
from mediaworks.processing import Appearance

BANDS = 4
_COLUMNS = media_objects.c
_SEARCH_WIDTH = "200"  # how many candidates the index keeps while it searches, five times what it takes by itself


async def is_indexed(connection: Connection) -> bool:
    """Whether there is an index by distance (`db/vectors.py`)."""
    found = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('media_by_fingerprint')")
    return bool((await connection.execute(found)).scalar_one_or_none())


async def views_of(connection: Connection, media_id: UUID) -> list[str]:
    """The fingerprints of a picture: its own, and those of its mirrored and turned views; none where it has none."""
    query = select(_COLUMNS.phash, _COLUMNS.facts[APPEARANCE]["fingerprints"]).where(_COLUMNS.id == media_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None or row[0] is None:
        return []
    return [as_hex(row[0]), *(row[1] or [])[1:]]


async def are_few(connection: Connection, wanted: Filter, limit: int) -> bool:
    """Whether no more than `limit` pictures with a fingerprint are among those wanted."""
    some = select(literal(1)).where(*conditions(wanted), _COLUMNS.phash.is_not(None)).limit(limit + 1).subquery()
    return int((await connection.execute(select(func.count()).select_from(some))).scalar_one()) <= limit


async def nearest(
    connection: Connection, wanted: Filter, views: Sequence[str], *, max_distance: int, limit: int
) -> list[tuple[UUID, int]]:
    """Ids and distances to the nearest of `views`, by comparing with every picture wanted."""
    distances = [_differing(view) for view in views]
    distance = distances[0] if len(distances) == 1 else func.least(*distances)
    query = _among(wanted, distance).where(distance <= max_distance).order_by(distance, _COLUMNS.id).limit(limit)
    return _pairs(await connection.execute(query))


async def nearest_by_index(
    connection: Connection, wanted: Filter, view: str, *, max_distance: int, limit: int
) -> list[tuple[UUID, int]]:
    """As `nearest`, by pgvector's index: quick however many there are, and now and then it misses one. In a transaction."""
    for name, value in (("hnsw.ef_search", _SEARCH_WIDTH), ("hnsw.iterative_scan", "strict_order")):
        await connection.execute(select(func.set_config(name, value, True)))
    distance: ColumnElement[float] = _COLUMNS.phash.op("<~>", return_type=Double())(_bits(view))
    near = _among(wanted, distance).order_by(distance).limit(limit).subquery()
    query = select(near).where(near.c.distance <= max_distance).order_by(near.c.distance, near.c.id)
    return _pairs(await connection.execute(query))


def _among(wanted: Filter, distance: ColumnElement[Any]) -> Select[Any]:
    return select(_COLUMNS.id, distance.label("distance")).where(*conditions(wanted), _COLUMNS.phash.is_not(None))


def _differing(view: str) -> ColumnElement[int]:
    return func.bit_count(_COLUMNS.phash.bitwise_xor(_bits(view)))


def _bits(view: str) -> ColumnElement[Any]:
    return literal(BitString(as_bits(view)), BIT(BITS))


def _pairs(rows: Iterable[Row[Any]]) -> list[tuple[UUID, int]]:
    return [(row.id, int(row.distance)) for row in rows]


_PIXELS = func.coalesce(_COLUMNS.width, 0) * func.coalesce(_COLUMNS.height, 0)


async def pictures_after(connection: Connection, owner: UUID, after: UUID | None, limit: int) -> list[Twin]:
    """The owner's pictures with a fingerprint, by their ids, from after one of them."""
    query = select(_COLUMNS.id, _COLUMNS.phash, _PIXELS.label("pixels"), _COLUMNS.created_at).where(
        *conditions(Filter(owner=owner)), _COLUMNS.phash.is_not(None)
    )
    if after is not None:
        query = query.where(_COLUMNS.id > after)
    return [_twin(row) for row in await connection.execute(query.order_by(_COLUMNS.id).limit(limit))]


_BAND = """SELECT m.id, m.phash, m.width, m.height, m.created_at FROM media_objects m
 WHERE m.user_id = :owner AND m.deleted_at IS NULL AND m.phash IS NOT NULL
   AND substring(m.phash, {at}, 16) = ANY (ARRAY(
     SELECT substring(wanted.phash, {at}, 16) # mask::bit(16) FROM unnest(CAST(:masks AS int[])) mask))"""
_NEIGHBOURS = text(
    f"""SELECT wanted.phash AS of, near.id, near.phash, coalesce(near.width * near.height, 0) AS pixels, near.created_at
 FROM (SELECT given::bit(64) AS phash FROM unnest(CAST(:fingerprints AS text[])) given) wanted
 CROSS JOIN LATERAL (
   SELECT candidate.* FROM ({" UNION ".join(_BAND.format(at=at) for at in (1, 17, 33, 49))}) candidate
   WHERE bit_count(candidate.phash # wanted.phash) <= :max_distance
   ORDER BY candidate.id LIMIT :limit) near"""  # noqa: S608
).columns(of=BIT(BITS), phash=BIT(BITS))


async def neighbours(
    connection: Connection, owner: UUID, fingerprints: Iterable[str], *, max_distance: int, limit: int
) -> dict[str, list[Twin]]:
    """For each fingerprint the owner's pictures within `max_distance` (below 12), at most `limit`, by their ids.

    Of four bands of 16 bits at least one differs in at most a quarter of the bits that two fingerprints differ in. So each
    band is looked up in an index of its own with every change of so few bits, and only what that finds is compared (M.
    Norouzi et al., "Fast search in Hamming space with multi-index hashing", 2012).
    """
    values = {
        "owner": owner,
        "fingerprints": [as_bits(one) for one in sorted(set(fingerprints))],
        "masks": [mask for mask in range(1 << 16) if mask.bit_count() <= max_distance // BANDS],
        "max_distance": max_distance,
        "limit": limit,
    }
    found: dict[str, list[Twin]] = {}
    for row in await connection.execute(_NEIGHBOURS, values):
        found.setdefault(as_hex(row.of), []).append(_twin(row))
    return found


def _twin(row: Any) -> Twin:
    return Twin(row.id, as_hex(row.phash), row.pixels, row.created_at)


_NOT_LOOKED_AT = text(
    "kind = 'image' AND processing_status = 'ready' AND deleted_at IS NULL AND NOT jsonb_exists(facts, 'appearance')"
)


async def not_looked_at(connection: Connection, limit: int) -> list[UUID]:
    """Pictures of whose pixels nothing is noted, not even that they show nothing."""
    query = select(_COLUMNS.id).where(_NOT_LOOKED_AT).order_by(_COLUMNS.id).limit(limit)
    return list((await connection.execute(query)).scalars())


async def note_appearance(connection: Connection, media: Media, appearance: Appearance | None) -> None:
    """What the pixels show, unless the object has got other bytes meanwhile. It is no new version: nothing has changed."""
    noted = {APPEARANCE: {} if appearance is None else msgspec.to_builtins(appearance)}
    query = (
        update(media_objects)
        .where(_COLUMNS.id == media.id, _COLUMNS.storage_key == media.storage_key)
        .values(phash=bits_of(appearance), facts=_COLUMNS.facts.concat(cast(noted, JSONB)))
    )
    await connection.execute(query)
