"""Blobs of parts that come in any order. S3 takes no part of less than 5 MiB but the last: small ones wait beside the
upload as objects and are joined when the blob is assembled."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from mediaworks.errors import Conflict, NotFound, PreconditionFailed
from mediaworks.storage.port import Draft, Part
from mediaworks.storage.s3 import composing, drafts, multipart
from mediaworks.storage.s3.bodies import exactly
from mediaworks.storage.s3.bucket import Bucket, unquoted
from mediaworks.storage.s3.composing import Piece
from mediaworks.storage.s3.multipart import LEAST_PART, PART_BYTES

_BESIDE = "beside:"


@dataclass(frozen=True, slots=True)
class Session:
    """A multipart upload, and of how many bytes its blob is to be; 0 when that is not known."""

    upload_id: str
    total: int = 0

    @classmethod
    def of(cls, draft: Draft) -> Session:
        upload_id, _, total = draft.session.partition(" ")
        return cls(upload_id, int(total or 0))

    def __str__(self) -> str:
        return f"{self.upload_id} {self.total}"


async def begin(bucket: Bucket, key: str, size: int) -> Draft:
    return Draft(key, session=str(Session(await multipart.begin(bucket, key), size)))


async def put(bucket: Bucket, draft: Draft, number: int, body: AsyncIterator[bytes], size: int) -> Part:
    """Small and usual parts go through memory and are tried again when they break, larger ones pass through."""
    session = Session.of(draft).upload_id
    if size > PART_BYTES:
        return await multipart.pass_on(bucket, draft.key, session, number, body, size)
    content = b"".join([piece async for piece in exactly(body, size)])
    if size >= LEAST_PART:
        return await multipart.send(bucket, draft.key, session, number, content)
    tag = await bucket.put(bucket.names.small_part(draft.key, session, number), content)
    return Part(number, size, _BESIDE + tag)


async def assemble(bucket: Bucket, draft: Draft, parts: Sequence[Part]) -> None:
    session = Session.of(draft)
    ordered = sorted(parts, key=lambda part: part.number)
    if len({part.number for part in ordered}) < len(ordered):
        raise Conflict("A part is named twice", code="parts_missing")
    if session.total and sum(part.size for part in ordered) != session.total:
        raise Conflict("The parts are not the whole of the upload", code="parts_missing")
    await _assemble(bucket, draft.key, session.upload_id, [part for part in ordered if part.size])
    await drafts.remove_beside(bucket, draft.key, session.upload_id)


async def parts_of(bucket: Bucket, draft: Draft) -> Sequence[Part]:
    """Of a number that came both ways, the larger one counts."""
    session = Session.of(draft).upload_id
    found = {part.number: part for part in await multipart.parts_of(bucket, draft.key, session)}
    folder = bucket.names.folder(draft.key, session)
    async for one in drafts.objects(bucket, f"{folder}part-"):
        number = int(one["Key"].rpartition("-")[2])
        found.setdefault(number, Part(number, one["Size"], _BESIDE + unquoted(one["ETag"])))
    return [found[number] for number in sorted(found)]


async def _assemble(bucket: Bucket, key: str, session: str, parts: Sequence[Part]) -> None:
    large = [part for part in parts if not _is_beside(part)]
    if not large:
        await _compose(bucket, key, [_piece(bucket, key, session, part) for part in parts])
        await multipart.abort(bucket, key, session)
    elif large == [*parts[:-1]]:
        await multipart.complete(bucket, key, session, [*large, await _sent(bucket, key, session, parts[-1])])
    elif large == [*parts]:
        await multipart.complete(bucket, key, session, large)
    else:
        await _assemble_mixed(bucket, key, session, parts)


async def _assemble_mixed(bucket: Bucket, key: str, session: str, parts: Sequence[Part]) -> None:
    """Small parts between large ones: the large ones are made an object, from which those between are taken."""
    large = [part for part in parts if not _is_beside(part)]
    await multipart.complete(bucket, key, session, large)
    start, pieces = 0, []
    for part in parts:
        if _is_beside(part):
            pieces.append(_piece(bucket, key, session, part))
        else:
            pieces.append(Piece(bucket.names.of(key), start, part.size))
            start += part.size
    await _compose(bucket, key, pieces)


async def _compose(bucket: Bucket, key: str, pieces: Sequence[Piece]) -> None:
    try:
        await composing.compose(bucket, pieces, key)
    except (NotFound, PreconditionFailed) as other:
        raise _other_parts() from other


async def _sent(bucket: Bucket, key: str, session: str, part: Part) -> Part:
    """The small part as one of the upload."""
    piece = _piece(bucket, key, session, part)
    try:
        content = await composing.content_of(bucket, piece)
    except (NotFound, PreconditionFailed) as other:
        raise _other_parts() from other
    return await multipart.send(bucket, key, session, part.number, content)


def _piece(bucket: Bucket, key: str, session: str, part: Part) -> Piece:
    return Piece(bucket.names.small_part(key, session, part.number), 0, part.size, part.tag.removeprefix(_BESIDE))


def _other_parts() -> Conflict:
    return Conflict("The parts are not those that the storage has", code="parts_missing")


def _is_beside(part: Part) -> bool:
    return part.tag.startswith(_BESIDE)
