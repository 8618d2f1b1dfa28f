"""Presigned uploads: the client sends the bytes to an address that was signed for it, and confirms.

The bytes go to a place of their own in the storage. What `confirm` has read and verified is moved from there to where the
media object has it, so an address that is still valid can replace nothing that was confirmed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from mediaworks.accounts import Caller, Scope
from mediaworks.accounts.signing import Keyring
from mediaworks.errors import Conflict, Gone, Invalid, NotFound, TooLarge, UnsupportedType
from mediaworks.kit.ids import new_id
from mediaworks.kit.quantities import readable_size
from mediaworks.media import Media
from mediaworks.processing import HEAD_BYTES
from mediaworks.storage import Part, Presigner, StoredBlob, Written
from mediaworks.uploads import queries
from mediaworks.uploads.model import Protocol, State, Upload
from mediaworks.uploads.parts import Parts
from mediaworks.uploads.records import owner_seen_by, require_open
from mediaworks.uploads.shared import Shared

PATH = "/api/v1/media/presign"
MOST_PARTS = 10_000
MOST_AT_ONCE = 1_000
STAGING = "staging/"


@dataclass(frozen=True, slots=True)
class PartSlot:
    number: int
    url: str
    headers: Mapping[str, str]


def staging_key(upload_id: UUID) -> str:
    return f"{STAGING}{upload_id.hex[-2:]}/{upload_id}"


def staged_for(key: str) -> UUID:
    """The upload to which what lies at `key` was sent."""
    return UUID(key.rpartition("/")[2].partition(".")[0])


def _own_key(upload_id: UUID) -> str:
    """Of one PUT alone: two at once do not write into each other's file, and the one that is whole last stays."""
    return f"{staging_key(upload_id)}.{new_id().hex}"


class Presigned:
    def __init__(self, shared: Shared, parts: Parts, keyring: Callable[[], Keyring]) -> None:
        self._shared = shared
        self._parts = parts
        self._keyring = keyring

    async def part_slots(self, caller: Caller, upload_id: UUID, numbers: Sequence[int]) -> list[PartSlot]:
        """Addresses for these parts, as often as they are asked for. Raises NotFound, Gone, Invalid."""
        upload = require_open(await self._find(caller, upload_id))
        if not 1 <= len(numbers) <= MOST_AT_ONCE:
            raise Invalid(f"partNumbers: between 1 and {MOST_AT_ONCE} at once", field="partNumbers", limit=MOST_AT_ONCE)
        return [await self._part_slot(upload, number) for number in dict.fromkeys(numbers)]

    async def receive(self, upload_id: UUID, chunks: AsyncIterator[bytes], size: int | None, content_type: str) -> str:
        """The bytes that come to an address of our own; the tag of what is stored. The address was verified before.

        Raises what `_require_promised` raises; TooLarge; MalformedBody.
        """
        upload = await self._addressed(upload_id)
        self._require_promised(upload, size, content_type)
        writer = await self._shared.store.create(key := _own_key(upload_id))
        limit = self._shared.records.size_limit(upload.policy.max_file_size) if upload.length is None else upload.length
        received = 0
        try:
            async for chunk in self._shared.paces.paced(chunks, upload):
                received += len(chunk)
                if received > limit:
                    raise TooLarge(f"file: is larger than {readable_size(limit)}", field="file", limit=limit)
                await writer.write(chunk)
            if upload.length not in {None, received}:
                raise Invalid(
                    f"file: has {received} bytes instead of {upload.length}", code="size_mismatch", field="file"
                )
            written = await writer.commit()
            await self._stage(key, staging_key(upload_id))
        except BaseException:
            await writer.abort()
            await self._shared.store.delete(key)
            raise
        return written.sha256

    async def _stage(self, key: str, place: str) -> None:
        if (blob := await self._shared.store.stat(key)) is not None:
            await self._shared.store.adopt(key, place, blob.tag)

    async def receive_part(self, upload_id: UUID, number: int, chunks: AsyncIterator[bytes]) -> str:
        """As `receive`, of one part."""
        upload = await self._addressed(upload_id)
        size, offset = _size_of(upload, number), (number - 1) * (upload.chunk_size or 0)
        known = await self._parts.one(upload, number)
        return (
            await self._parts.put(upload, known, number, offset, self._shared.paces.paced(chunks, upload), size, None)
        ).sha256

    async def confirm(self, caller: Caller, upload_id: UUID, tags: Mapping[int, str]) -> Media | Upload:
        """The media object of what was sent, once its size, hash and type are as promised; the finished record when it
        was confirmed before. `tags`: of the parts, as the client heard them.

        Raises NotFound, Gone, Conflict while bytes are missing or other ones, PreconditionFailed when they were replaced
        meanwhile, and what `Finishing.finish` raises.
        """
        await self._find(caller, upload_id)
        async with self._shared.leases.hold(upload_id, owner_seen_by(caller)) as lease:
            upload = lease.upload
            if upload.state is State.DONE:
                return upload
            require_open(upload)
            if upload.chunk_size is not None:
                await self._join_parts(upload, tags)
            return await self._shared.finishing.finish(upload, await self._adopt(upload))

    async def _adopt(self, upload: Upload) -> Written:
        """Move what was sent to its place, verified. Raises Conflict, ChecksumMismatch, UnsupportedType."""
        staged = await self._shared.store.stat(staging_key(upload.id))
        if staged is None:
            moved_before = await self._shared.store.stat(upload.storage_key)
            if moved_before is None:
                raise Conflict("Nothing has been uploaded to the address yet", code="not_uploaded")
            self._require_size(upload, moved_before)
            return Written(moved_before.size, "")
        self._require_size(upload, staged)
        digest, head = hashlib.sha256(), b""
        async for chunk in self._shared.store.read(staged.key):
            digest.update(chunk)
            head = head if len(head) >= HEAD_BYTES else head + chunk
        self._require_kind(upload, head[:HEAD_BYTES])
        expected = upload.checksums.get("sha256")
        if expected not in {None, digest.hexdigest()}:
            raise Conflict(f"file: its sha256 is {digest.hexdigest()}, not {expected}", code="checksum_mismatch")
        await self._shared.store.adopt(staged.key, upload.storage_key, staged.tag)
        return Written(staged.size, digest.hexdigest())

    def _require_size(self, upload: Upload, staged: StoredBlob) -> None:
        limit = self._shared.records.size_limit(upload.policy.max_file_size)
        if upload.length not in {None, staged.size}:
            raise Conflict(f"file: has {staged.size} bytes, not {upload.length}", code="size_mismatch", field="file")
        if staged.size > limit:
            raise TooLarge(f"file: {readable_size(limit)} are allowed", field="file", limit=limit)

    def _require_kind(self, upload: Upload, head: bytes) -> None:
        """The content is of the promised kind: an image is not a film. Raises UnsupportedType."""
        found = self._shared.finishing.accept(upload, head)
        if kind_of(found.mime) != kind_of(upload.declared_type or ""):
            raise UnsupportedType(
                f"file: was announced as {upload.declared_type} and is {found.mime}", code="type_mismatch", field="file"
            )

    async def _join_parts(self, upload: Upload, tags: Mapping[int, str]) -> None:
        if await self._shared.store.stat(staging_key(upload.id)) or await self._shared.store.stat(upload.storage_key):
            return
        if not isinstance(self._shared.store, Presigner):
            here = await self._parts.of(upload)
            _require_all(upload, [Part(part.number, part.size, part.sha256) for part in here], tags)
            await self._parts.join(upload, staging_key(upload.id), here)
            return
        arrived = await self._shared.store.parts_of(upload.so_far)
        _require_all(upload, arrived, tags)
        await self._shared.store.assemble(upload.so_far, arrived)

    async def _part_slot(self, upload: Upload, number: int) -> PartSlot:
        size, seconds = _size_of(upload, number), self._shared.records.config.presign_seconds
        headers = {"content-length": str(size)}
        if isinstance(self._shared.store, Presigner):
            url = await self._shared.store.presign_part(upload.so_far, number, size=size, seconds=seconds)
            return PartSlot(number, url, headers)
        path = f"{PATH}/{upload.id}/parts/{number}"
        return PartSlot(number, self._keyring().sign(path, int(time.time()) + seconds), headers)

    async def _find(self, caller: Caller, upload_id: UUID) -> Upload:
        caller.require(Scope.MEDIA_WRITE)
        upload = await self._shared.records.get(caller, upload_id)
        if upload.protocol is not Protocol.PRESIGNED:
            raise NotFound("There is no such presigned upload", code="upload_not_found")
        return upload

    async def _addressed(self, upload_id: UUID) -> Upload:
        async with self._shared.database.reading() as connection:
            upload = await queries.upload_by_id(connection, upload_id, None)
        if upload is None or upload.protocol is not Protocol.PRESIGNED:
            raise NotFound("There is no such presigned upload", code="upload_not_found")
        if upload.state is State.DONE:
            raise Gone("The upload is confirmed and takes no more bytes", code="upload_gone")
        return require_open(upload)

    def _require_promised(self, upload: Upload, size: int | None, content_type: str) -> None:
        """The headers are those that were signed. Raises Invalid, TooLarge."""
        if content_type != upload.declared_type:
            raise Invalid(
                f"Content-Type: must be {upload.declared_type}, as it was signed",
                code="header_mismatch",
                field="Content-Type",
            )
        if size is not None and upload.length not in {None, size}:
            raise Invalid(
                f"Content-Length: must be {upload.length}, as it was signed",
                code="header_mismatch",
                field="Content-Length",
            )


def kind_of(mime_type: str) -> str:
    """`image` of `image/jpg`: browsers and systems do not agree on more."""
    return mime_type.partition("/")[0]


def _size_of(upload: Upload, number: int) -> int:
    """Bytes of part `number`, which counts from 1. Raises Invalid."""
    size, length = upload.chunk_size or 0, upload.length or 0
    total = -(-length // size) if size else 0
    if not 1 <= number <= total:
        raise Invalid(f"partNumbers: must lie between 1 and {total}", field="partNumbers", limit=total)
    return min(size, length - (number - 1) * size)


def _require_all(upload: Upload, arrived: Sequence[Part], tags: Mapping[int, str]) -> None:
    """Every part is here in its size, and those that the client names are what it sent. Raises Conflict, Invalid."""
    total = -(-(upload.length or 0) // (upload.chunk_size or 1))
    here = {part.number: part for part in arrived}
    missing = [n for n in range(1, total + 1) if n not in here or here[n].size != _size_of(upload, n)]
    if missing:
        raise Conflict(f"{len(missing)} of {total} parts are missing", code="parts_missing", missing=missing)
    for number, tag in tags.items():
        if number not in here or here[number].tag.strip('"') != tag.strip('"'):
            raise Conflict(f"Part {number} is not the one with the tag {tag}", code="part_differs", part=number)
