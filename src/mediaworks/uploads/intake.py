"""A whole form: each of its files is received by itself, and all that is good is finished when the form is whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from mediaworks.accounts import Caller
from mediaworks.errors import (
    Duplicate,
    EmptyFile,
    Invalid,
    MediaworksError,
    QuotaExceeded,
    TooLarge,
    TooManyUploads,
    Unprocessable,
    UnsupportedType,
)
from mediaworks.media import Media
from mediaworks.uploads.form import Field, FilePart, Form
from mediaworks.uploads.model import Labels, Protocol, Received
from mediaworks.uploads.whole import WholeFiles

FILE_FIELDS = {"file", "files"}
Refusal = (EmptyFile, UnsupportedType, TooLarge, TooManyUploads, Unprocessable)


async def take_in(
    uploads: WholeFiles, caller: Caller, form: Form, protocol: Protocol, most: int
) -> list[Media | MediaworksError]:
    """The result of each file in its order. Raises what makes the whole request fail; then nothing of it stays.

    Fields may stand before or after the files: nothing is a media object before the whole form was read.
    """
    labels = Labels()
    results: list[Received | MediaworksError] = []
    try:
        async with aclosing(form.parts()) as parts:
            async for part in parts:
                if isinstance(part, Field):
                    labels = labels.with_field(part.name, part.value)
                elif (result := await _receive(uploads, caller, part, protocol, most - len(results))) is not None:
                    results.append(result)
    except BaseException:
        await _discard(uploads, results)
        raise
    return await _finish(uploads, results, labels)


async def _receive(
    uploads: WholeFiles, caller: Caller, part: FilePart, protocol: Protocol, room: int
) -> Received | MediaworksError | None:
    if part.name not in FILE_FIELDS:
        raise Invalid(f"{part.name}: files are expected in the field `file`", code="wrong_field", field=part.name)
    if room <= 0:
        raise TooLarge(
            f"{part.name}: there are more files than one request may have", code="too_many_files", field=part.name
        )
    try:
        return await uploads.receive(caller, part.chunks, name=part.filename, protocol=protocol)
    except Refusal as refusal:
        if isinstance(refusal, EmptyFile) and not part.filename:
            return None
        if not await _skipped(part.chunks, uploads.config.skip_bytes):
            raise
        return refusal


async def _skipped(chunks: AsyncIterator[bytes], limit: int) -> bool:
    """Whether the rest of a refused file could be read past within `limit` bytes."""
    left = limit
    async for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            return False
    return True


async def _finish(
    uploads: WholeFiles, results: list[Received | MediaworksError], labels: Labels
) -> list[Media | MediaworksError]:
    finished: list[Media | MediaworksError] = []
    for place, result in enumerate(results):
        if isinstance(result, MediaworksError):
            finished.append(result)
            continue
        try:
            finished.append(await uploads.finish(result, labels))
        except (QuotaExceeded, Duplicate) as refusal:
            finished.append(refusal)
        except BaseException:
            await _discard(uploads, results[place + 1 :])
            raise
    return finished


async def _discard(uploads: WholeFiles, results: list[Received | MediaworksError]) -> None:
    for result in results:
        if isinstance(result, Received):
            await uploads.discard(result)
