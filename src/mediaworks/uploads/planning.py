"""Partial uploads that are written straight to their place in the whole, because the sender told the plan before.

A partial upload with the metadata `plan` (a word of the sender's for the whole), `plan_offset` and `plan_length` (where it
begins, and how long the whole is) needs no copying when the parts are joined, on S3 neither: its bytes are parts of the one
multipart upload. Offsets move by whole pieces of at least 5 MiB, the least that S3 takes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller
from mediaworks.errors import ClientGone, Conflict, Invalid
from mediaworks.media import Media
from mediaworks.uploads import queries
from mediaworks.uploads.model import FINAL, Labels, Protocol, State, Upload
from mediaworks.uploads.parts import Parts
from mediaworks.uploads.records import require_open
from mediaworks.uploads.shared import Shared

LEAST_PIECE = 5 << 20
USUAL_PIECE = 8 << 20
MOST_PIECES = 10_000
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """What the sender tells of a partial upload: which whole it belongs to and where in it."""

    name: str
    offset: int
    total: int

    @classmethod
    def told_in(cls, metadata: Mapping[str, str]) -> Plan | None:
        """The plan of an upload's metadata, if there is one. Raises Invalid."""
        if "plan" not in metadata:
            return None
        name = metadata["plan"]
        if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
            raise Invalid(f"plan: a word of at most {NAME_LENGTH} characters", field="plan", limit=NAME_LENGTH)
        return cls(name, _count(metadata, "plan_offset"), _count(metadata, "plan_length"))


class Planned:
    def __init__(self, shared: Shared, parts: Parts) -> None:
        self._shared = shared
        self._parts = parts

    async def enrol(self, caller: Caller, part: Upload, plan: Plan) -> Upload:
        """The record of a partial upload, not written yet, with its place in the whole.

        Raises Invalid for a place outside of the whole or a part that is too small, TooLarge, QuotaExceeded.
        """
        end = plan.offset + (part.length or 0)
        if part.length is None or end > plan.total:
            raise Invalid("plan_length: the part with its Upload-Length lies beyond the whole", field="plan_length")
        least = _least_piece(plan.total)
        if end < plan.total and part.length < least:
            raise Invalid(f"plan: every part but the last has at least {least} bytes", field="plan", limit=least)
        whole = await self._whole(caller, plan)
        told = {"whole": str(whole.id), "offset": plan.offset}
        return msgspec.structs.replace(part, source=(part.source or {}) | told)

    async def take_in(self, part: Upload, chunks: AsyncIterator[bytes]) -> Upload:
        """Write what comes piece by piece to its place in the whole; the part as it is then.

        Raises Invalid when a request brings less than a piece; ClientGone and TooSlow after whole pieces were kept.
        """
        whole = require_open(await self._shared.records.get_any(UUID((part.source or {})["whole"])))
        before = part.received
        async with aclosing(_Pieces(chunks).of(_sizes(part, whole))) as pieces:
            async for size, piece in pieces:
                offset = (part.source or {})["offset"] + part.received
                number = 1 + offset // _least_piece(whole.length or 0)
                known = await self._parts.one(whole, number)
                await self._parts.put(whole, known, number, offset, piece, size, None)
                part = await self._shared.records.save(msgspec.structs.replace(part, received=part.received + size))
        if part.received == before and not part.is_whole:
            least = next(_sizes(part, whole))
            raise Invalid(f"plan: a request brings at least {least} bytes", code="piece_too_small", limit=least)
        return part

    async def join(
        self, caller: Caller, parts: Sequence[Upload], name: str, labels: Labels
    ) -> tuple[Upload, Media | None]:
        """The whole of all its parts. Raises Conflict when they do not follow each other from its beginning to its end."""
        whole_id = UUID((parts[0].source or {})["whole"])
        async with self._shared.leases.hold(whole_id, caller.user_id) as lease:
            whole = lease.upload
            if whole.state is State.DONE:
                return whole, None
            _require_whole(require_open(whole), parts)
            whole = msgspec.structs.replace(whole, name=name, labels=labels)
            written = await self._parts.join(whole, whole.storage_key, await self._parts.of(whole))
            media = await self._shared.finishing.finish(whole, written)
        return msgspec.structs.replace(whole, state=State.DONE, media_id=media.id, received=written.size), media

    async def _whole(self, caller: Caller, plan: Plan) -> Upload:
        """The record of the whole, made by the first of its parts that comes."""
        drawn = await self._shared.records.draw_up(
            caller, Protocol.TUS, name="file", length=plan.total, concat=FINAL, source={"plan": plan.name}
        )
        async with self._shared.database.transaction() as connection:
            await queries.one_at_a_time(connection, f"plan {caller.user_id} {plan.name}")
            whole = await queries.whole_of_plan(connection, caller.user_id, plan.name)
            if whole is None:
                await self._shared.records.begin_in(connection, drawn)
        if whole is not None and whole.length != plan.total:
            raise Invalid(f"plan_length: was {whole.length} in another part", field="plan_length")
        return await self._begun((whole or drawn).id, caller.user_id, plan.total)

    async def _begun(self, whole_id: UUID, user_id: UUID, total: int) -> Upload:
        async with self._shared.leases.hold(whole_id, user_id) as lease:
            if lease.upload.draft is not None:
                return lease.upload
            draft = await self._shared.store.begin(lease.upload.storage_key, total)
            return await self._shared.records.save(msgspec.structs.replace(lease.upload, draft=draft))


class _Pieces:
    """A stream cut into pieces of given sizes; each is to be read before the next."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    async def of(self, sizes: Iterable[int]) -> AsyncGenerator[tuple[int, AsyncIterator[bytes]]]:
        for size in sizes:
            if not self._rest and not await self._more():
                return
            yield size, self._exactly(size)

    async def _exactly(self, size: int) -> AsyncIterator[bytes]:
        left = size
        while left:
            if not self._rest and not await self._more():
                raise ClientGone("The request ended within a piece")
            taken, self._rest = self._rest[:left], self._rest[left:]
            left -= len(taken)
            yield taken

    async def _more(self) -> bool:
        async for chunk in self._chunks:
            self._rest = chunk
            return True
        return False


def _sizes(part: Upload, whole: Upload) -> Iterator[int]:
    """What is left of a part, in pieces of nearly one size, always cut at the same places."""
    length = part.length or 0
    count = max(1, length // max(USUAL_PIECE, _least_piece(whole.length or 0) * 2))
    size = -(-length // count) if length else 0
    for start in range(part.received, length, size or 1):
        yield min(size, length - start)


def _require_whole(whole: Upload, parts: Sequence[Upload]) -> None:
    """Raises Conflict unless the parts are those of the whole, one after another, from its beginning to its end."""
    at = 0
    for part in parts:
        place = part.source or {}
        if place.get("whole") != str(whole.id) or place.get("offset") != at:
            raise Conflict("Upload-Concat: the parts do not follow each other as planned", code="plan_broken", at=at)
        at += part.received
    if at != whole.length:
        raise Conflict(f"Upload-Concat: {at} of {whole.length} bytes are there", code="plan_broken", at=at)


def _least_piece(total: int) -> int:
    """Pieces of at least so many bytes have numbers of their own, and there are not more than S3 takes."""
    return max(LEAST_PIECE, -(-total // MOST_PIECES))


def _count(metadata: Mapping[str, str], name: str) -> int:
    text = metadata.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Invalid(f"{name}: must be a whole number of bytes", field=name)
    return int(text)
