"""What lies in a bucket of blobs in the making: multipart uploads, and objects beside them in `incoming/`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from mediaworks.errors import NotFound
from mediaworks.storage.port import Draft, Unfinished
from mediaworks.storage.s3 import multipart
from mediaworks.storage.s3.bucket import Bucket
from mediaworks.storage.s3.names import INCOMING


async def discard(bucket: Bucket, key: str, session: str) -> None:
    """Leave nothing of one draft."""
    await multipart.abort(bucket, key, session)
    await remove_beside(bucket, key, session)


async def clear(bucket: Bucket, key: str) -> None:
    """Leave nothing of any draft of `key`."""
    sessions, beside = await asyncio.gather(_sessions(bucket, key), _beside(bucket, key))
    await asyncio.gather(*(multipart.abort(bucket, key, session) for session in sessions))
    await asyncio.gather(*(bucket.call("delete_object", Key=name) for name in beside))


async def remove_beside(bucket: Bucket, key: str, session: str) -> None:
    names = [one["Key"] async for one in objects(bucket, bucket.names.folder(key, session))]
    await asyncio.gather(*(bucket.call("delete_object", Key=name) for name in names))


async def put_tail(bucket: Bucket, key: str, session: str, parts: int, tail: bytes) -> None:
    await bucket.put(bucket.names.tail(key, session, parts), tail)


async def get_tail(bucket: Bucket, draft: Draft) -> bytes:
    """The bytes of a draft that are in no part; removes tails which `draft` has left behind. Raises NotFound."""
    await multipart.must_exist(bucket, draft.key, draft.session)
    own = bucket.names.tail(draft.key, draft.session, len(draft.parts))
    folder = bucket.names.folder(draft.key, draft.session)
    old = [one["Key"] async for one in objects(bucket, f"{folder}tail-") if one["Key"] < own]
    await asyncio.gather(*(bucket.call("delete_object", Key=name) for name in old))
    tail = await bucket.get(own, 0, draft.tail) if draft.tail else b""
    if len(tail) < draft.tail:
        raise NotFound("The bytes of the upload are gone", code="blob_missing")
    return tail


async def unfinished(bucket: Bucket) -> AsyncIterator[Unfinished]:
    """Multipart uploads, and what lies beside one that is gone."""
    known: set[tuple[str, str]] = set()
    async for key, session, begun in _uploads(bucket, bucket.names.prefix):
        known.add((key, session))
        yield Unfinished(Draft(key, session=session), begun)
    async for one in objects(bucket, bucket.names.prefix + INCOMING):
        owner = bucket.names.owner(one["Key"])
        if owner not in known:
            known.add(owner)
            yield Unfinished(Draft(owner[0], session=owner[1]), one["LastModified"])


async def objects(bucket: Bucket, prefix: str) -> AsyncIterator[dict[str, Any]]:
    async for page in bucket.pages("list_objects_v2", Prefix=prefix):
        for one in page.get("Contents", ()):
            yield one


async def _sessions(bucket: Bucket, key: str) -> list[str]:
    return [session async for found, session, _ in _uploads(bucket, bucket.names.of(key)) if found == key]


async def _beside(bucket: Bucket, key: str) -> list[str]:
    found = [one["Key"] async for one in objects(bucket, bucket.names.folder(key))]
    return [name for name in found if bucket.names.owner(name)[0] == key]


async def _uploads(bucket: Bucket, prefix: str) -> AsyncIterator[tuple[str, str, datetime]]:
    async for page in bucket.pages("list_multipart_uploads", Prefix=prefix):
        for one in page.get("Uploads", ()):
            yield bucket.names.key(one["Key"]), one["UploadId"], one["Initiated"]
