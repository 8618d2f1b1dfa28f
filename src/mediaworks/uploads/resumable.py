"""Uploads that go on where they broke off (tus, IETF): one writer at a time, and every answer after the bytes are durable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller, Scope
from mediaworks.errors import (
    ClientGone,
    Conflict,
    EmptyFile,
    Forbidden,
    Invalid,
    MediaworksError,
    OffsetMismatch,
    TooLarge,
    TooSlow,
    Unavailable,
    UnsupportedType,
)
from mediaworks.kit.quantities import readable_size
from mediaworks.media import Media
from mediaworks.processing import HEAD_BYTES
from mediaworks.storage import BlobWriter, Written
from mediaworks.uploads.checksums import Checksum
from mediaworks.uploads.digests import Digests
from mediaworks.uploads.leases import Lease
from mediaworks.uploads.model import APPENDED, FINAL, PARTIAL, State, Upload
from mediaworks.uploads.planning import Planned
from mediaworks.uploads.records import owner_seen_by, require_open, told
from mediaworks.uploads.shared import Shared

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

_LEFT = (ClientGone, TooSlow)
_HOPELESS = (UnsupportedType, EmptyFile)


@dataclass(frozen=True, slots=True)
class Piece:
    """What one request brings: `chunks` that belong at `offset`; `is_last` when the sender says that they end the file.

    `interrupt` makes `chunks` end with ClientGone, because a newer request wants to go on. With a `checksum` the whole
    piece counts or nothing of it. `length` of the whole upload, when the sender tells it only now.
    """

    offset: int
    chunks: AsyncIterator[bytes]
    interrupt: Callable[[], None]
    size: int | None = None
    length: int | None = None
    is_last: bool = False
    checksum: Checksum | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is, and the media object once it is whole."""

    upload: Upload
    media: Media | None = None


class Resumable:
    def __init__(self, shared: Shared, planned: Planned) -> None:
        self._shared = shared
        self._planned = planned
        self._digests = Digests()

    async def progress(self, caller: Caller, upload_id: UUID) -> Upload:
        """How far the upload is, after whoever writes it has let go. Raises NotFound, Gone, Locked."""
        caller.require(Scope.MEDIA_WRITE)
        upload = require_open(await self._shared.records.get(caller, upload_id))
        if upload.state is State.DONE or upload.protocol not in APPENDED:
            return upload
        if upload.holder is None and not upload.is_whole:
            return upload
        async with self._shared.leases.hold(upload_id, owner_seen_by(caller)) as lease:
            return (await self.settle(lease)).upload

    async def begin(self, caller: Caller, upload: Upload, piece: Piece) -> Progress:
        """Write the record of an upload and take its first piece in. Raises what `append` does.

        A piece that is refused ends the upload: nobody was told its address.
        """
        await self._shared.records.begin(upload)
        try:
            return await self.append(caller, upload.id, piece)
        except _LEFT:
            raise
        except MediaworksError as refusal:
            await self._shared.finishing.discard(upload, State.FAILED, told(refusal))
            raise

    async def append(self, caller: Caller, upload_id: UUID, piece: Piece) -> Progress:
        """Take a piece in and answer when it is durable.

        Raises NotFound, Forbidden for a concatenation, Gone, Locked, OffsetMismatch, TooLarge, ChecksumMismatch, and when the sender breaks off
        ClientGone or TooSlow, after what came has been kept. The last piece raises what `Finishing.finish` raises.
        """
        caller.require(Scope.MEDIA_WRITE)
        _require_appended(await self._shared.records.get(caller, upload_id))
        async with self._shared.leases.hold(upload_id, owner_seen_by(caller), piece.interrupt) as lease:
            upload = (await self.settle(lease)).upload
            upload = self._announced(caller, self._checked(upload, piece), piece)
            return await self._take_in(upload, piece)

    async def settle(self, lease: Lease) -> Progress:
        """The upload, brought to where a holder that died in the middle had really come, and finished when it is whole.
        What comes by another protocol waits for its sender or its job."""
        upload = require_open(lease.upload)
        if upload.protocol not in APPENDED:
            return Progress(upload)
        if lease.orphaned and upload.state is State.OPEN and not upload.is_whole:
            upload = await self._found_whole(upload)
        is_published = upload.concat == PARTIAL and upload.draft is None
        if upload.state is State.OPEN and upload.is_whole and not is_published:
            return await self._finish(upload, None)
        return Progress(upload)

    async def abort(self, caller: Caller, upload_id: UUID) -> None:
        """Give the upload up and remove its bytes. Raises NotFound, Gone, Locked, Conflict when it is finished."""
        caller.require(Scope.MEDIA_WRITE)
        async with self._shared.leases.hold(upload_id, owner_seen_by(caller)) as lease:
            if lease.upload.state is State.DONE:
                raise Conflict("The upload is finished: delete the media object instead", code="upload_finished")
            await self._shared.finishing.discard(require_open(lease.upload), State.ABORTED)

    def _checked(self, upload: Upload, piece: Piece) -> Upload:
        if upload.state is State.DONE or upload.is_whole:
            raise Conflict("The upload is finished", code="upload_finished", expected_offset=upload.received)
        if piece.offset != upload.received:
            raise OffsetMismatch(
                f"Upload-Offset: the upload has {upload.received} bytes, not {piece.offset}",
                field="Upload-Offset",
                expected_offset=upload.received,
                provided_offset=piece.offset,
            )
        return upload

    def _announced(self, caller: Caller, upload: Upload, piece: Piece) -> Upload:
        """With the length, if this request tells it. Raises Invalid when it was another before, TooLarge."""
        end = None if piece.size is None else piece.offset + piece.size
        length = end if piece.is_last and end is not None else piece.length
        for told_length in (piece.length, length):
            if told_length is not None and upload.length not in {None, told_length}:
                raise _inconsistent(f"Upload-Length: was {upload.length}, and now {told_length}")
        if length is not None and piece.length not in {None, length}:
            raise _inconsistent(f"Upload-Length: {piece.length}, but the last byte would be {length}")
        self._shared.records.check_length(caller, length)
        known = upload.length if length is None else length
        if known is not None and known < upload.received:
            raise _inconsistent(f"Upload-Length: {known}, but {upload.received} bytes are here already")
        if known is not None and end is not None and end > known:
            raise TooLarge(f"The upload has {known} bytes; this request would bring it to {end}", limit=known)
        return msgspec.structs.replace(upload, length=known)

    async def _take_in(self, upload: Upload, piece: Piece) -> Progress:
        if "whole" in (upload.source or {}):
            return await self._to_its_place(upload, piece)
        digest = self._digests.take(upload.id, upload.received)
        before = digest.copy() if digest and piece.checksum else None
        writer = await self._shared.store.resume(upload.so_far, digest)
        try:
            received = await self._copy(writer, upload, piece)
        except MediaworksError as refusal:
            await self._broken_off(writer, upload, piece, digest, before, refusal)
            raise
        except BaseException:
            await asyncio.shield(self._keep(writer, upload, piece, None))
            raise
        length = received if piece.is_last else upload.length
        upload = msgspec.structs.replace(upload, received=received, length=length)
        if upload.is_whole:
            return await self._finish(upload, writer)
        return Progress(await self._keep(writer, upload, piece, digest))

    async def _to_its_place(self, upload: Upload, piece: Piece) -> Progress:
        if piece.checksum is not None:
            raise Invalid("Upload-Checksum: not for parts of a plan", code="plan_checksum", field="Upload-Checksum")
        return Progress(await self._planned.take_in(upload, self._shared.paces.paced(piece.chunks, upload)))

    async def _finish(self, upload: Upload, writer: BlobWriter | None) -> Progress:
        """Publish the whole file and make the media object; a partial upload waits as a blob for the others."""
        try:
            written = await self._published(upload, writer)
            if upload.concat == PARTIAL:
                return Progress(await self._shared.records.save(msgspec.structs.replace(upload, draft=None)))
            media = await self._shared.finishing.finish(upload, written)
        except (Unavailable, asyncio.CancelledError):
            await asyncio.shield(self._found_whole(upload))
            raise
        done = msgspec.structs.replace(upload, state=State.DONE, media_id=media.id, received=written.size)
        return Progress(done, media)

    async def _published(self, upload: Upload, writer: BlobWriter | None) -> Written:
        if writer is not None:
            return await writer.commit()
        if (blob := await self._shared.store.stat(upload.storage_key)) is not None:
            return Written(blob.size, "")
        resumed = await self._shared.store.resume(upload.so_far, self._digests.take(upload.id, upload.received))
        return await resumed.commit()

    async def _found_whole(self, upload: Upload) -> Upload:
        """The upload as whole, if its blob was published and only nobody wrote so down."""
        blob = await self._shared.store.stat(upload.storage_key)
        if blob is None:
            return upload
        whole = msgspec.structs.replace(upload, received=blob.size, length=blob.size, draft=None)
        return await self._shared.records.save(whole)

    async def _copy(self, writer: BlobWriter, upload: Upload, piece: Piece) -> int:
        """How many bytes the upload has after the piece. Raises TooLarge, UnsupportedType, ChecksumMismatch."""
        received, limit = upload.received, self._limit(upload)
        loop = asyncio.get_running_loop()
        due = loop.time() + self._shared.records.config.checkpoint_seconds
        async with aclosing(self._chunks(upload, piece)) as chunks:
            async for chunk in chunks:
                received += len(chunk)
                if received > limit:
                    raise TooLarge(
                        f"The upload may have {limit} bytes ({readable_size(limit)}); this request sends more",
                        limit=limit,
                    )
                await writer.write(chunk)
                if piece.checksum is None and loop.time() >= due:
                    await self._checkpoint(writer, upload)
                    due = loop.time() + self._shared.records.config.checkpoint_seconds
        if piece.checksum is not None:
            piece.checksum.verify()
        if piece.is_last and upload.length not in {None, received}:
            raise _inconsistent(f"Upload-Length: was {upload.length}, and the last byte was number {received}")
        return received

    async def _chunks(self, upload: Upload, piece: Piece) -> AsyncGenerator[bytes]:
        """The chunks, at the pace of the policy, the first of them long enough to tell the type of the file.

        A piece with a checksum may be damaged, so its type is looked at only when the whole is.
        """
        judged = bool(upload.received or upload.concat or piece.checksum)
        head, left = b"", None
        try:
            async for chunk in self._shared.paces.paced(piece.chunks, upload):
                if piece.checksum is not None:
                    piece.checksum.update(chunk)
                if judged or len(head) >= HEAD_BYTES:
                    yield chunk
                    continue
                head += chunk
                if len(head) >= HEAD_BYTES:
                    self._shared.finishing.accept(upload, head)
                    yield head
        except _LEFT as gone:
            left = gone
        if 0 < len(head) < HEAD_BYTES:
            yield head
        if left is not None:
            raise left

    def _limit(self, upload: Upload) -> int:
        return self._shared.records.size_limit(upload.policy.max_file_size) if upload.length is None else upload.length

    async def _checkpoint(self, writer: BlobWriter, upload: Upload) -> None:
        draft = await writer.checkpoint()
        await self._shared.records.save(msgspec.structs.replace(upload, received=draft.size, draft=draft))

    async def _keep(self, writer: BlobWriter, upload: Upload, piece: Piece, digest: Digest | None) -> Upload:
        """Make durable what came and say so in the record. Without the right checksum nothing came."""
        draft = await writer.keep()
        if piece.checksum is not None and not piece.checksum.fits:
            return upload
        saved = await self._shared.records.save(msgspec.structs.replace(upload, received=draft.size, draft=draft))
        self._digests.put(upload.id, draft.size, digest)
        return saved

    async def _broken_off(
        self,
        writer: BlobWriter,
        upload: Upload,
        piece: Piece,
        digest: Digest | None,
        before: Digest | None,
        refusal: MediaworksError,
    ) -> None:
        """Keep what came when the sender left; nothing of a piece that was refused."""
        if piece.checksum is not None:
            await writer.keep()
            self._digests.put(upload.id, upload.received, before)
        elif isinstance(refusal, _LEFT):
            await self._keep(writer, upload, piece, digest)
        else:
            await writer.keep()
            if isinstance(refusal, _HOPELESS):
                await self._shared.finishing.discard(upload, State.FAILED, told(refusal))


def _require_appended(upload: Upload) -> None:
    if upload.protocol not in APPENDED:
        raise Conflict(f"This upload comes by another way: {upload.protocol}", code="other_protocol")
    if upload.concat == FINAL:
        raise Forbidden("A concatenation of uploads takes no bytes of its own", code="upload_is_final")


def _inconsistent(detail: str) -> Invalid:
    return Invalid(detail, code="inconsistent_length", field="Upload-Length")
