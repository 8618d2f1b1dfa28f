"""Reading objects: as a stream that goes on where it broke off, and as a file."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mediaworks.errors import NotFound, PreconditionFailed, RangeNotSatisfiable, Unavailable
from mediaworks.storage.port import StoredBlob
from mediaworks.storage.s3.bucket import Bucket, unquoted
from mediaworks.storage.s3.failures import translated

READ_BYTES = 256 * 1024
TRIES = 4
PAUSE_SECONDS = 0.2


async def stat(bucket: Bucket, key: str) -> StoredBlob | None:
    try:
        found = await bucket.call("head_object", Key=bucket.names.of(key))
    except NotFound:
        return None
    return StoredBlob(key, found["ContentLength"], found["LastModified"], unquoted(found["ETag"]))


async def read(bucket: Bucket, key: str, start: int, length: int | None) -> AsyncIterator[bytes]:
    """What breaks off is asked for again from there on, a few times, and only while it is the same object."""
    if length == 0 and await stat(bucket, key) is None:
        raise NotFound("The stored file is missing", code="blob_missing")
    left, tag, tries = length, "", TRIES
    while left is None or left > 0:
        try:
            answer = await _open(bucket, key, start, left, tag)
        except RangeNotSatisfiable:
            if length is None:
                return
            raise _truncated() from None
        left, tag = _promised(answer, left), answer["ETag"]
        try:
            async for chunk in _chunks(bucket, answer):
                yield chunk
                start, left, tries = start + len(chunk), left - len(chunk), TRIES
        except Unavailable:
            tries -= 1
            if not tries:
                raise
            await asyncio.sleep(PAUSE_SECONDS * (TRIES - tries))


@asynccontextmanager
async def as_file(bucket: Bucket, key: str) -> AsyncIterator[int]:
    """A copy in a temporary file without a name: it is gone with its descriptor. Raises Unavailable where it has no room."""
    spool = await asyncio.to_thread(tempfile.TemporaryFile, buffering=0)
    with spool:
        descriptor = spool.fileno()
        async for chunk in read(bucket, key, 0, None):
            try:
                await asyncio.to_thread(_write_all, descriptor, chunk)
            except OSError as error:
                text = f"No room for a copy of the file in {tempfile.gettempdir()}: {error.strerror}"
                raise Unavailable(text, code="no_room_for_copy") from error
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor


async def _open(bucket: Bucket, key: str, start: int, length: int | None, tag: str) -> dict[str, Any]:
    parameters = {"IfMatch": tag} if tag else {}
    if start or length is not None:
        parameters["Range"] = f"bytes={start}-{'' if length is None else start + length - 1}"
    try:
        return await bucket.call("get_object", Key=bucket.names.of(key), **parameters)
    except PreconditionFailed as changed:
        raise Unavailable("The stored file was replaced while it was read", code="blob_changed") from changed


def _promised(answer: dict[str, Any], wanted: int | None) -> int:
    promised = int(answer["ContentLength"])
    if wanted is not None and promised < wanted:
        raise _truncated()
    return promised


async def _chunks(bucket: Bucket, answer: dict[str, Any]) -> AsyncIterator[bytes]:
    with translated(bucket.name):
        async with answer["Body"] as body:
            async for chunk in body.iter_chunks(READ_BYTES):
                yield chunk


def _truncated() -> Unavailable:
    return Unavailable("The stored file ended early", code="blob_truncated")


def _write_all(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]
