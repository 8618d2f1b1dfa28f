"""pgvector, where the server has it and lets us have it: an index of fingerprints by Hamming distance.

It is tried at every start, so that a server that gets the extension later gets the index with the next start. Without it
searches give the same answers by comparing with everything.
"""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

INDEX = "media_by_fingerprint"
OLDEST = (0, 8)  # iterative scans, without which a filter leaves fewer rows than were asked for

_VERSION = text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
_OFFERED = text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
_IS_THERE = text(f"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{INDEX}')")  # noqa: S608
# Half of what pgvector takes by itself: hashes are short, a search may look longer, and every insert pays for it.
_CREATE = text(
    f"CREATE INDEX {INDEX} ON media_objects USING hnsw (phash bit_hamming_ops) WITH (m = 8, ef_construction = 40)"
    " WHERE deleted_at IS NULL AND phash IS NOT NULL"
)


def prepare(connection: Connection) -> None:
    """Make extension and index, unless they are there or cannot be."""
    if is_indexed(connection):
        return
    try:
        with connection.begin_nested():
            if version(connection) is None and connection.execute(_OFFERED).first():
                connection.execute(text("CREATE EXTENSION vector"))
            if _is_new_enough(version(connection)):
                connection.execute(_CREATE)
    except DBAPIError:  # no right to, or installed in a schema that is not ours to see
        connection.rollback()
    connection.commit()


def version(connection: Connection) -> str | None:
    """Of the extension in this database."""
    found = connection.execute(_VERSION).scalar_one_or_none()
    return None if found is None else str(found)


def is_indexed(connection: Connection) -> bool:
    return bool(connection.execute(_IS_THERE).scalar_one_or_none())


def _is_new_enough(found: str | None) -> bool:
    return found is not None and tuple(map(int, found.split(".")[:2])) >= OLDEST
