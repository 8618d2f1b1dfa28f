"""gzip that came although it was not asked for, taken off in pieces of bounded size."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

from mediaworks.uploads.fetching.failures import Interrupted

PIECE = 256 * 1024
_GZIP = zlib.MAX_WBITS | 16


async def inflated(chunks: AsyncIterator[bytes], host: str) -> AsyncIterator[bytes]:
    """What gzip members (RFC 1952) hold. Raises Interrupted when they are broken or end early."""
    engine = zlib.decompressobj(_GZIP)
    async for chunk in chunks:
        rest = chunk
        while rest:
            if engine.eof:
                engine = zlib.decompressobj(_GZIP)
            piece, rest = _step(engine, rest, host)
            if piece:
                yield piece
    if not engine.eof:
        raise Interrupted(f"{host}: the gzip data ends too early", host=host)


def _step(engine: zlib._Decompress, rest: bytes, host: str) -> tuple[bytes, bytes]:
    try:
        piece = engine.decompress(rest, PIECE)
    except zlib.error as error:
        raise Interrupted(f"{host}: the gzip data is broken", host=host) from error
    return piece, engine.unused_data if engine.eof else engine.unconsumed_tail
