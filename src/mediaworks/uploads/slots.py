"""Places for presigned uploads: what a client wants to send, and the addresses to send it to."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller, Scope
from mediaworks.accounts.signing import Keyring
from mediaworks.errors import Invalid, MediaworksError, UnsupportedType
from mediaworks.jobs import Job
from mediaworks.jobs.batches import check_size
from mediaworks.kit.ids import new_id
from mediaworks.storage import Draft, Presigner
from mediaworks.uploads.batches import PRESIGN_BATCH, UploadBatches
from mediaworks.uploads.model import Labels, Protocol, Upload
from mediaworks.uploads.presigning import MOST_PARTS, PATH, kind_of, staging_key
from mediaworks.uploads.shared import Shared

PART_BYTES = 16 << 20
AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client wants to send. `checksum`: by algorithm, in hex. `in_parts`: by several PUTs."""

    name: str
    mime_type: str
    size: int | None = None
    checksum: Mapping[str, str]
    labels: Labels
    in_parts: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the bytes go: `url` for a PUT that carries just `headers`; None when they go in parts."""

    upload: Upload
    url: str | None
    headers: Mapping[str, str]

    @property
    def total_parts(self) -> int:
        return -(-(self.upload.length or 0) // (self.upload.chunk_size or 1))


class Slots:
    def __init__(self, shared: Shared, batches: UploadBatches, keyring: Callable[[], Keyring]) -> None:
        self._shared = shared
        self._batches = batches
        self._keyring = keyring

    async def open(self, caller: Caller, wish: Wish) -> Slot:
        """A place for the bytes. Raises Invalid, UnsupportedType, TooLarge, QuotaExceeded, TooManyUploads."""
        sketch = self._sketch(caller, wish, None)
        await self._shared.records.require_room(caller, wish.size or 0)
        upload = await self._with_draft(sketch)
        try:
            await self._shared.records.begin(upload)
        except BaseException:
            await self._shared.store.discard(upload.so_far)
            raise
        return await self._slot(upload, wish)

    async def open_many(
        self, caller: Caller, wishes: Sequence[Wish | MediaworksError]
    ) -> tuple[Job, list[Slot | MediaworksError]]:
        """As `open`, in one job; a wish that is refused does not stop the others. Raises what holds for all: Invalid for
        too many, Forbidden, TooManyUploads."""
        check_size("items", wishes)
        caller.require(Scope.MEDIA_WRITE)
        await self._shared.records.require_room(caller)
        batch_id, room = new_id(), await self._shared.records.room(caller)
        places = asyncio.Semaphore(AT_ONCE)

        async def begun(wish: Wish | MediaworksError) -> Upload | MediaworksError:
            if isinstance(wish, MediaworksError):
                return wish
            try:
                sketch = self._sketch(caller, wish, batch_id)
                room.require(wish.size or 0)
                async with places:
                    return await self._with_draft(sketch)
            except MediaworksError as refusal:
                return refusal

        uploads = await asyncio.gather(*(begun(wish) for wish in wishes))
        try:
            async with self._shared.database.transaction() as connection:
                job = await self._batches.begin(connection, PRESIGN_BATCH, caller.user_id, uploads, batch_id=batch_id)
        except BaseException:
            drafts = [upload.so_far for upload in uploads if isinstance(upload, Upload)]
            await asyncio.gather(*(self._shared.store.discard(draft) for draft in drafts))
            raise
        return job, [await self._slot_or_error(upload, wish) for upload, wish in zip(uploads, wishes, strict=True)]

    def _sketch(self, caller: Caller, wish: Wish, batch_id: UUID | None) -> Upload:
        upload = self._shared.records.sketch(
            caller,
            Protocol.PRESIGNED,
            name=wish.name,
            length=wish.size,
            labels=wish.labels,
            declared_type=wish.mime_type,
            checksums=dict(wish.checksum),
            chunk_size=_part_size(wish) if wish.in_parts else None,
            batch_id=batch_id,
        )
        allowed = self._shared.finishing.types_for(upload)
        if kind_of(wish.mime_type) not in {kind_of(mime) for mime in allowed}:
            raise UnsupportedType(f"fileType: {wish.mime_type} is not accepted", field="fileType", allowed=allowed)
        return upload

    async def _with_draft(self, upload: Upload) -> Upload:
        """With the place in the storage where it begins."""
        key = staging_key(upload.id)
        in_parts = upload.chunk_size is not None
        draft = await self._shared.store.begin(key, upload.length or 0) if in_parts else Draft(key)
        return msgspec.structs.replace(upload, draft=draft)

    async def _slot_or_error(
        self, upload: Upload | MediaworksError, wish: Wish | MediaworksError
    ) -> Slot | MediaworksError:
        if isinstance(upload, MediaworksError) or isinstance(wish, MediaworksError):
            return upload if isinstance(upload, MediaworksError) else Invalid()
        return await self._slot(upload, wish)

    async def _slot(self, upload: Upload, wish: Wish) -> Slot:
        if wish.in_parts:
            return Slot(upload, None, {})
        headers = _headers(wish) | dict(
            self._shared.store.upload_headers if isinstance(self._shared.store, Presigner) else {}
        )
        return Slot(upload, await self._address(upload, headers), headers)

    async def _address(self, upload: Upload, headers: Mapping[str, str]) -> str:
        seconds = self._shared.records.config.presign_seconds
        if isinstance(self._shared.store, Presigner):
            return await self._shared.store.presign_put(staging_key(upload.id), headers=headers, seconds=seconds)
        return self._keyring().sign(f"{PATH}/{upload.id}/content", int(time.time()) + seconds)


def _headers(wish: Wish) -> dict[str, str]:
    """What the PUT has to carry, and the address is signed for."""
    headers = {"content-type": wish.mime_type}
    if wish.size is not None:
        headers["content-length"] = str(wish.size)
    if sha256 := wish.checksum.get("sha256"):
        headers["x-amz-checksum-sha256"] = base64.b64encode(bytes.fromhex(sha256)).decode()
    return headers


def _part_size(wish: Wish) -> int:
    if not wish.size:
        raise Invalid("sizeBytes: is needed for an upload in parts", field="sizeBytes")
    return max(PART_BYTES, -(-wish.size // MOST_PARTS))
