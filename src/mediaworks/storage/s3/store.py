"""The storage port over one bucket."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING
from urllib.parse import SplitResult
from weakref import WeakValueDictionary

from mediaworks.errors import Conflict, NotFound, Unavailable
from mediaworks.storage.port import Draft, Part, StoredBlob, Unfinished
from mediaworks.storage.s3 import address, composing, drafts, parts, reading, signing
from mediaworks.storage.s3.bucket import Bucket, unquoted
from mediaworks.storage.s3.composing import Piece
from mediaworks.storage.s3.failures import UNAVAILABLE
from mediaworks.storage.s3.names import INCOMING
from mediaworks.storage.s3.writer import S3Writer

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

CHECK_SECONDS = 10.0


class S3Store:
    """Blobs of a bucket under a prefix; unfinished ones are multipart uploads and objects in `incoming/`.

    S3 has no locks: only writers of this store are kept from one draft at once. Writers of other processes cannot mix
    their bytes either (a blob is made of the parts that its writer knows by their tags), but the last one wins.
    """

    spools = True

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._writers: WeakValueDictionary[str, S3Writer] = WeakValueDictionary()

    @classmethod
    def from_url(cls, url: SplitResult) -> S3Store:
        return cls(Bucket(address.parse(url)))

    async def create(self, key: str) -> S3Writer:
        await drafts.clear(self._bucket, key)
        return self._writing(S3Writer(self._bucket, Draft(key), b"", hashlib.sha256()), key)

    async def resume(self, draft: Draft, digest: Digest | None) -> S3Writer:
        if (other := self._writers.get(draft.key)) and other.is_open:
            raise Conflict("Another request is writing this upload", code="upload_busy")
        if not draft.session:
            await drafts.clear(self._bucket, draft.key)
            return self._writing(S3Writer(self._bucket, draft, b"", digest), draft.key)
        tail = await drafts.get_tail(self._bucket, draft)
        return self._writing(S3Writer(self._bucket, draft, tail, digest), draft.key)

    async def begin(self, key: str, size: int) -> Draft:
        await drafts.clear(self._bucket, key)
        return await parts.begin(self._bucket, key, size)

    async def put_part(self, draft: Draft, number: int, offset: int, body: AsyncIterator[bytes], size: int) -> Part:
        return await parts.put(self._bucket, draft, number, body, size)

    async def assemble(self, draft: Draft, of: Sequence[Part]) -> None:
        await parts.assemble(self._bucket, draft, of)

    async def concatenate(self, sources: Sequence[str], key: str) -> None:
        found = [await self._piece(source) for source in sources]
        await composing.compose(self._bucket, found, key)

    async def adopt(self, source: str, key: str, tag: str) -> None:
        piece = await self._piece(source)
        await composing.copy_whole(self._bucket, Piece(piece.name, 0, piece.size, tag), key)
        await self._bucket.call("delete_object", Key=piece.name)

    async def discard(self, draft: Draft) -> None:
        if draft.session:
            await drafts.discard(self._bucket, draft.key, parts.Session.of(draft).upload_id)
        else:
            await drafts.clear(self._bucket, draft.key)

    def unfinished(self) -> AsyncIterator[Unfinished]:
        return drafts.unfinished(self._bucket)

    async def stat(self, key: str) -> StoredBlob | None:
        return await reading.stat(self._bucket, key)

    def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        return reading.read(self._bucket, key, start, length)

    def as_file(self, key: str) -> AbstractAsyncContextManager[int]:
        return reading.as_file(self._bucket, key)

    async def delete(self, key: str) -> None:
        await asyncio.gather(
            self._bucket.call("delete_object", Key=self._bucket.names.of(key)), drafts.clear(self._bucket, key)
        )

    async def list(self, prefix: str = "") -> AsyncIterator[StoredBlob]:
        names = self._bucket.names
        async for one in drafts.objects(self._bucket, names.of(prefix)):
            if names.is_blob(one["Key"]):
                yield StoredBlob(names.key(one["Key"]), one["Size"], one["LastModified"], unquoted(one["ETag"]))

    async def check(self) -> None:
        """Stores a byte and removes it: that a bucket can be read says little."""
        name = f"{self._bucket.names.prefix}{INCOMING}check/{socket.gethostname()}/{os.getpid()}"
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._bucket.put(name, b"o")
                await self._bucket.call("delete_object", Key=name)
        except TimeoutError as error:
            text = f"The S3 storage did not answer within {CHECK_SECONDS:g} s"
            raise Unavailable(text, code=UNAVAILABLE) from error

    async def close(self) -> None:
        await self._bucket.close()

    @property
    def upload_headers(self) -> Mapping[str, str]:
        return signing.headers_kept_as(self._bucket)

    async def presign_put(self, key: str, *, headers: Mapping[str, str], seconds: int) -> str:
        return await signing.presign_put(self._bucket, key, headers, seconds)

    async def presign_part(self, draft: Draft, number: int, *, size: int, seconds: int) -> str:
        session = parts.Session.of(draft).upload_id
        return await signing.presign_part(self._bucket, draft.key, session, number, size, seconds)

    async def parts_of(self, draft: Draft) -> Sequence[Part]:
        return await parts.parts_of(self._bucket, draft)

    async def _piece(self, key: str) -> Piece:
        found = await self.stat(key)
        if found is None:
            raise NotFound("The stored file is missing", code="blob_missing")
        return Piece(self._bucket.names.of(key), 0, found.size, found.tag)

    def _writing(self, writer: S3Writer, key: str) -> S3Writer:
        self._writers[key] = writer
        return writer
