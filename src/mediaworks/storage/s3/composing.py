"""Objects made of others without their bytes coming to us, as far as S3 can copy: pieces of less than 5 MiB pass
through memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mediaworks.storage.port import Part
from mediaworks.storage.s3 import multipart
from mediaworks.storage.s3.bucket import Bucket, unquoted
from mediaworks.storage.s3.multipart import LEAST_PART, PART_BYTES

COPY_BYTES = 512 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """`size` bytes from `start` of the object `name`, which must still have `tag` when one is given."""

    name: str
    start: int
    size: int
    tag: str = ""


async def compose(bucket: Bucket, pieces: Sequence[Piece], key: str) -> None:
    """Make the blob `key` of `pieces`. Raises NotFound, PreconditionFailed; then nothing stays of it."""
    if sum(piece.size for piece in pieces) < LEAST_PART:
        content = b"".join([await content_of(bucket, piece) for piece in pieces if piece.size])
        await bucket.put(bucket.names.of(key), content, **bucket.kept_as)
        return
    session = await multipart.begin(bucket, key)
    try:
        joining = _Joining(bucket, key, session)
        for piece in pieces:
            await joining.append(piece)
        await joining.flush()
        await multipart.complete(bucket, key, session, joining.parts)
    except BaseException:
        await multipart.abort(bucket, key, session)
        raise


async def copy_whole(bucket: Bucket, piece: Piece, key: str) -> None:
    """One object copied as it is, if it still has its tag. Raises NotFound, PreconditionFailed."""
    if piece.size > COPY_BYTES:
        await compose(bucket, [piece], key)
        return
    await bucket.call(
        "copy_object", Key=bucket.names.of(key), MetadataDirective="REPLACE", **bucket.kept_as, **_source(bucket, piece)
    )


async def content_of(bucket: Bucket, piece: Piece) -> bytes:
    condition = {"IfMatch": f'"{piece.tag}"'} if piece.tag else {}
    return await bucket.get(piece.name, piece.start, piece.size, **condition)


class _Joining:
    """Parts of a multipart upload in the making; what is too small for a part of its own waits in memory."""

    def __init__(self, bucket: Bucket, key: str, session: str) -> None:
        self._bucket, self._key, self._session = bucket, key, session
        self._waiting = bytearray()
        self.parts: list[Part] = []

    async def append(self, piece: Piece) -> None:
        for part in self._cut(piece):
            if part.size >= LEAST_PART and not self._waiting:
                self.parts.append(await self._copy(part))
            else:
                self._waiting += await content_of(self._bucket, part)
                if len(self._waiting) >= LEAST_PART:
                    await self.flush()

    async def flush(self) -> None:
        if self._waiting:
            content, self._waiting = self._waiting, bytearray()
            number = len(self.parts) + 1
            self.parts.append(await multipart.send(self._bucket, self._key, self._session, number, content))

    def _cut(self, piece: Piece) -> Iterator[Piece]:
        """Pieces that are copied, and before and behind them what must go through memory."""
        start, left = piece.start, piece.size
        while left:
            if self._waiting:
                size = min(left, LEAST_PART - len(self._waiting))
            else:
                size = min(left, COPY_BYTES if left >= LEAST_PART else PART_BYTES)
            yield Piece(piece.name, start, size, piece.tag)
            start, left = start + size, left - size

    async def _copy(self, piece: Piece) -> Part:
        number = len(self.parts) + 1
        answer = await self._bucket.call(
            "upload_part_copy", Key=self._bucket.names.of(self._key), UploadId=self._session, PartNumber=number,
            CopySourceRange=f"bytes={piece.start}-{piece.start + piece.size - 1}", **_source(self._bucket, piece),
        )  # fmt: skip
        return Part(number, piece.size, unquoted(answer["CopyPartResult"]["ETag"]))


def _source(bucket: Bucket, piece: Piece) -> dict[str, Any]:
    source: dict[str, Any] = {"CopySource": {"Bucket": bucket.name, "Key": piece.name}}
    return source | ({"CopySourceIfMatch": f'"{piece.tag}"'} if piece.tag else {})
