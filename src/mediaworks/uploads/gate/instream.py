"""The command INSTREAM of clamd (clamd(8)): pieces with their length before them, a length of 0 at the end."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import suppress

from mediaworks.errors import Unavailable
from mediaworks.uploads.gate.address import Streams, TcpAddress, UnixAddress

REPLY_BYTES = 4096
_LENGTH = struct.Struct("!I")
_END = _LENGTH.pack(0)


class ClamdAway(Unavailable):
    """clamd cannot be reached, hung up, or answered that it could not scan."""


async def signature_in(address: UnixAddress | TcpAddress, chunks: AsyncIterator[bytes]) -> str | None:
    """The signature that clamd finds in `chunks`, None when there is none. Raises ClamdAway."""
    reader, writer = await _connected(address)
    reply = asyncio.create_task(_reply(reader))
    try:
        await _send(writer, chunks, reply)
        return _found(await reply)
    finally:
        reply.cancel()
        await asyncio.gather(reply, return_exceptions=True)
        writer.transport.abort()


async def _connected(address: UnixAddress | TcpAddress) -> Streams:
    try:
        return await address.connect()
    except OSError as error:
        raise ClamdAway(f"clamd cannot be reached: {error.strerror or error}") from error


async def _send(writer: asyncio.StreamWriter, chunks: AsyncIterator[bytes], reply: asyncio.Task[str]) -> None:
    """Until the end or until clamd has answered: over its limit it answers in the middle and hangs up."""
    await _write(writer, b"zINSTREAM\0")
    async for chunk in chunks:
        if reply.done():
            return
        if chunk:
            await _write(writer, _LENGTH.pack(len(chunk)), chunk)
    await _write(writer, _END)


async def _write(writer: asyncio.StreamWriter, *pieces: bytes) -> None:
    with suppress(OSError):
        writer.writelines(pieces)
        await writer.drain()


async def _reply(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\0"))[:REPLY_BYTES].rstrip(b"\0").decode("utf-8", "replace").strip()
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ClamdAway("clamd hung up without an answer") from error


def _found(reply: str) -> str | None:
    verdict = reply.removeprefix("stream: ")
    if verdict == "OK":
        return None
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    if reply.startswith("INSTREAM size limit exceeded"):
        raise ClamdAway("clamd's StreamMaxLength is less than MEDIAWORKS_GATE_CLAMD_WINDOW")
    raise ClamdAway(f"clamd answered: {reply}")
