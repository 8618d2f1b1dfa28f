"""Every blob of one storage into another. Nothing is remembered anywhere: what lies there with the same bytes is done."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from mediaworks.errors import MediaworksError, Unavailable
from mediaworks.storage.port import BlobStore, StoredBlob

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Amount:
    blobs: int
    size: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one blob; `problem` says what went wrong when it failed."""

    blob: StoredBlob
    state: Literal["copied", "already_there", "failed"]
    problem: str = ""


async def measure(store: BlobStore) -> Amount:
    """How much there is to copy."""
    blobs = size = 0
    async for blob in store.list():
        blobs, size = blobs + 1, size + blob.size
    return Amount(blobs, size)


async def copy_all(source: BlobStore, target: BlobStore, *, at_once: int, progress: Progress) -> AsyncIterator[Outcome]:
    """Each blob's outcome as it comes; one that fails does not stop the others. Leaving early ends what is under way.

    `progress` hears of every byte of the source once. A blob counts as copied when the target gives back its SHA-256.
    """
    under_way: set[asyncio.Task[Outcome]] = set()
    try:
        async for blob in source.list():
            under_way.add(asyncio.create_task(_copy(source, target, blob, progress)))
            if len(under_way) >= at_once:
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        for ended in asyncio.as_completed(under_way):
            yield await ended
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _copy(source: BlobStore, target: BlobStore, blob: StoredBlob, progress: Progress) -> Outcome:
    try:
        found = await target.stat(blob.key)
        if found and found.size == blob.size and await _is_same(source, target, blob.key):
            progress(blob.size)
            return Outcome(blob, "already_there")
        expected = await _transfer(source, target, blob.key, progress)
        if await _sha256(target, blob.key) != expected:
            await target.delete(blob.key)
            raise Unavailable("the target gave back other bytes than it was given", code="copy_corrupted")
    except (MediaworksError, OSError) as error:
        return Outcome(blob, "failed", str(error))
    return Outcome(blob, "copied")


async def _transfer(source: BlobStore, target: BlobStore, key: str, progress: Progress) -> str:
    """Copy the bytes; returns their SHA-256."""
    writer = await target.create(key)
    try:
        async with aclosing(source.read(key)) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                await writer.write(chunk)
                progress(len(chunk))
        return (await writer.commit()).sha256
    except BaseException:
        await writer.abort()
        raise


async def _is_same(source: BlobStore, target: BlobStore, key: str) -> bool:
    ours, theirs = await asyncio.gather(_sha256(source, key), _sha256(target, key))
    return ours == theirs


async def _sha256(store: BlobStore, key: str) -> str:
    digest = hashlib.sha256()
    async for chunk in store.read(key):
        digest.update(chunk)
    return digest.hexdigest()
