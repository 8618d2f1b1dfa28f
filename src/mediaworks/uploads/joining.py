"""Many partial uploads become one (tus 1.0, concatenation)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller
from mediaworks.errors import Conflict, EmptyFile, Invalid, MediaworksError, NotFound
from mediaworks.storage import Written
from mediaworks.uploads.leases import Lease
from mediaworks.uploads.model import FINAL, PARTIAL, Labels, Protocol, State, Upload
from mediaworks.uploads.planning import Planned
from mediaworks.uploads.records import owner_seen_by, require_open, told
from mediaworks.uploads.resumable import Progress, Resumable
from mediaworks.uploads.shared import Shared

MOST_PARTS = 1000


class Joining:
    def __init__(self, shared: Shared, resumable: Resumable, planned: Planned) -> None:
        self._shared = shared
        self._resumable = resumable
        self._planned = planned

    async def join(
        self, caller: Caller, part_ids: Sequence[UUID], *, name: str, labels: Labels, source: dict[str, Any]
    ) -> Progress:
        """The media object of whole partial uploads, in this order; they are used up. Asked again, the same answer,
        also while the first is being made. `source`: what the sender told, kept in the record.

        Raises NotFound for what is not the caller's, Invalid for what is no partial upload, Conflict while one is not
        whole, Locked, EmptyFile, and what `Finishing.finish` raises; then the partial uploads stay.
        """
        if not 1 <= len(part_ids) <= MOST_PARTS:
            raise Invalid(
                f"Upload-Concat: names between 1 and {MOST_PARTS} uploads", field="Upload-Concat", limit=MOST_PARTS
            )
        async with self._shared.leases.hold(min(part_ids), owner_seen_by(caller)) as lease:
            parts = [await self._shared.records.get(caller, part_id) for part_id in part_ids]
            if (before := await self._joined_before(caller, parts)) is not None:
                return Progress(before)
            if (before := await self._made_before_a_death(caller, part_ids)) is not None:
                return Progress(await self._use_up(parts, before))
            settled = await self._settled(caller, parts, lease)
            return await self._join(caller, [settled[part_id] for part_id in part_ids], name, labels, source)

    async def _join(
        self, caller: Caller, parts: Sequence[Upload], name: str, labels: Labels, source: dict[str, Any]
    ) -> Progress:
        for part in parts:
            _require_whole_part(part)
        if "whole" in (parts[0].source or {}):
            whole, media = await self._planned.join(caller, parts, name, labels)
            return Progress(await self._use_up(parts, whole), media)
        length = sum(part.received for part in parts)
        upload = await self._shared.records.draw_up(
            caller,
            Protocol.TUS,
            name=name,
            labels=labels,
            length=length,
            concat=FINAL,
            holder=self._shared.me,
            source=source | {"joins": _joins([part.id for part in parts])},
        )
        await self._shared.records.begin(upload)
        return await self._make(upload, parts, length)

    async def _settled(self, caller: Caller, parts: Sequence[Upload], lease: Lease) -> dict[UUID, Upload]:
        """The parts, each brought to where a request that broke off or died had really come. One is held already."""
        first = lease.upload.id
        others = {part.id for part in parts} - {first}
        settled = {part_id: await self._resumable.progress(caller, part_id) for part_id in sorted(others)}
        return settled | {first: (await self._resumable.settle(lease)).upload}

    async def _make(self, upload: Upload, parts: Sequence[Upload], length: int) -> Progress:
        try:
            if not length:
                raise EmptyFile("Upload-Concat: the parts have no bytes", field="Upload-Concat")
            await self._shared.store.concatenate(
                [part.storage_key for part in parts if part.received], upload.storage_key
            )
            media = await self._shared.finishing.finish(upload, Written(length, ""))
        except MediaworksError as refusal:
            await self._shared.finishing.discard(upload, State.FAILED, told(refusal))
            raise
        done = msgspec.structs.replace(upload, state=State.DONE, media_id=media.id, received=length)
        return Progress(await self._use_up(parts, done), media)

    async def _use_up(self, parts: Sequence[Upload], into: Upload) -> Upload:
        for part in {part.id: part for part in parts}.values():
            await self._shared.finishing.discard(part, State.JOINED, {"upload_id": str(into.id)})
        return into

    async def _made_before_a_death(self, caller: Caller, part_ids: Sequence[UUID]) -> Upload | None:
        """What an earlier request made of these parts before its process died without using them up; what it had not
        brought to its end is removed."""
        begun = await self._shared.records.joined_from(caller, _joins(part_ids))
        if begun is None:
            return None
        async with self._shared.leases.hold(begun.id, begun.user_id) as lease:
            upload = (await self._resumable.settle(lease)).upload
            if upload.state is State.DONE:
                return upload
            await self._shared.finishing.discard(upload, State.ABORTED)
            return None

    async def _joined_before(self, caller: Caller, parts: Sequence[Upload]) -> Upload | None:
        """What all of these became in an earlier request whose answer the sender did not hear."""
        became = {(part.error or {}).get("upload_id") if part.state is State.JOINED else None for part in parts}
        if len(became) != 1 or None in became:
            return None
        try:
            return await self._shared.records.get(caller, UUID(str(became.pop())))
        except NotFound:
            return None


def _joins(part_ids: Sequence[UUID]) -> str:
    """What the record of a whole says of its parts."""
    return " ".join(map(str, part_ids))


def _require_whole_part(part: Upload) -> None:
    require_open(part)
    if part.concat != PARTIAL:
        raise Invalid(f"Upload-Concat: {part.id} is not a partial upload", field="Upload-Concat", upload=str(part.id))
    if not part.is_whole:
        raise Conflict(
            f"Upload-Concat: {part.id} has {part.received} of {part.length} bytes",
            code="part_unfinished",
            field="Upload-Concat",
            upload=str(part.id),
        )
