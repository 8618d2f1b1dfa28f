"""Multipart uploads: the requests they consist of, and how large their parts are."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

from mediaworks.errors import Conflict, NotFound, Unavailable
from mediaworks.storage.port import Part
from mediaworks.storage.s3.bodies import MemoryBody, PassingBody
from mediaworks.storage.s3.bucket import Bucket, md5_of, unquoted
from mediaworks.storage.s3.failures import UNAVAILABLE

LEAST_PART = 5 << 20
PART_BYTES = 8 << 20
MOST_PARTS = 10_000
_PARTS_OF_A_SIZE = 2_000


def part_bytes(number: int) -> int:
    """How large part `number` of a blob of unknown size is: 8 MiB up to 15 GiB, then twice as much after every 2,000
    parts. The 10,000 parts that S3 allows hold 484 GiB."""
    return int(PART_BYTES << ((number - 1) // _PARTS_OF_A_SIZE))


async def begin(bucket: Bucket, key: str) -> str:
    """A new multipart upload; returns its id."""
    answer = await bucket.call("create_multipart_upload", Key=bucket.names.of(key), **bucket.kept_as)
    return str(answer["UploadId"])


async def send(bucket: Bucket, key: str, session: str, number: int, content: bytes | bytearray) -> Part:
    """Store one part from memory; its MD5 travels along."""
    md5 = await asyncio.to_thread(md5_of, content)
    where = {"Key": bucket.names.of(key), "UploadId": session, "PartNumber": number}
    body = MemoryBody(content)
    answer = await bucket.call("upload_part", **where, Body=body, ContentLength=len(content), ContentMD5=md5)
    return Part(number, len(content), unquoted(answer["ETag"]))


async def pass_on(bucket: Bucket, key: str, session: str, number: int, source: AsyncIterator[bytes], size: int) -> Part:
    """Store one part that is too large for memory while it comes. Raises MalformedBody; nothing is tried again."""
    body = PassingBody(source, size)
    where = {"Key": bucket.names.of(key), "UploadId": session, "PartNumber": number}
    try:
        answer = await bucket.call("upload_part", **where, Body=body, ContentLength=size)
    except Unavailable:
        if body.failure:
            raise body.failure from None
        raise
    tag = unquoted(answer["ETag"])
    if "SSEKMSKeyId" not in answer and tag != body.md5:
        raise Unavailable("The S3 storage has other bytes than were sent: send the part again", code=UNAVAILABLE)
    return Part(number, size, tag)


async def complete(bucket: Bucket, key: str, session: str, parts: Sequence[Part]) -> None:
    """Make the object of `parts`. Raises Conflict when the storage has others, NotFound when the upload is gone."""
    name = bucket.names.of(key)
    listed = [{"PartNumber": part.number, "ETag": f'"{part.tag}"'} for part in parts]
    try:
        await bucket.call("complete_multipart_upload", Key=name, UploadId=session, MultipartUpload={"Parts": listed})
    except NotFound:
        # An earlier try may have come through although its answer got lost.
        if await _tag(bucket, name) != _tag_of(parts):
            raise
    found = await bucket.call("head_object", Key=name)
    if found["ContentLength"] != sum(part.size for part in parts):
        raise Conflict("The parts do not have the sizes that were told", code="parts_missing")


async def abort(bucket: Bucket, key: str, session: str) -> None:
    try:
        await bucket.call("abort_multipart_upload", Key=bucket.names.of(key), UploadId=session)
    except NotFound:
        return


async def parts_of(bucket: Bucket, key: str, session: str) -> list[Part]:
    """The parts that have arrived, in the order of their numbers. Raises NotFound."""
    found: list[Part] = []
    async for page in bucket.pages("list_parts", Key=bucket.names.of(key), UploadId=session):
        found += [_part(one) for one in page.get("Parts", ())]
    return found


async def must_exist(bucket: Bucket, key: str, session: str) -> None:
    """Raises NotFound."""
    await bucket.call("list_parts", Key=bucket.names.of(key), UploadId=session, MaxParts=1)


def _part(one: dict[str, Any]) -> Part:
    return Part(one["PartNumber"], one["Size"], unquoted(one["ETag"]))


async def _tag(bucket: Bucket, name: str) -> str:
    try:
        return unquoted((await bucket.call("head_object", Key=name))["ETag"])
    except NotFound:
        return ""


def _tag_of(parts: Sequence[Part]) -> str:
    """The ETag of a completed upload, where those of its parts are MD5s."""
    try:
        joined = b"".join(bytes.fromhex(part.tag) for part in parts)
    except ValueError:
        return "unknown"
    return f"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(parts)}"
