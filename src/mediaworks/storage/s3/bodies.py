"""Bodies of requests that go from memory to the socket in slices, without being copied or joined."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from mediaworks.errors import MalformedBody

SLICE_BYTES = 256 * 1024


class _Body:
    """What botocore takes for a body is anything with `read`; aiohttp then iterates it."""

    def read(self) -> bytes:
        raise NotImplementedError


class MemoryBody(_Body):
    """Sends a buffer, again from its beginning when the request is tried again."""

    def __init__(self, content: bytes | bytearray) -> None:
        self._content = memoryview(content)

    def seek(self, position: int) -> None:
        """Each iteration begins at the beginning anyway."""

    async def __aiter__(self) -> AsyncIterator[memoryview]:
        for start in range(0, len(self._content), SLICE_BYTES):
            yield self._content[start : start + SLICE_BYTES]


class PassingBody(_Body):
    """Sends what comes from somebody else, once, and checks that it is `size` bytes.

    The last piece is held back until the source has ended: a body that is too long is never sent to its end. The client
    library turns what is raised here into an error of its own; `failure` keeps it.
    """

    def __init__(self, source: AsyncIterator[bytes], size: int) -> None:
        self._source, self._size = source, size
        self._digest = hashlib.md5(usedforsecurity=False)
        self.failure: Exception | None = None

    @property
    def md5(self) -> str:
        return self._digest.hexdigest()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in exactly(self._source, self._size):
                self._digest.update(piece)
                yield piece
        except Exception as error:
            self.failure = error
            raise


async def exactly(source: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """The pieces of `source`, the last one only once it has ended. Raises MalformedBody unless they are `size` bytes."""
    seen, held = 0, b""
    async for piece in source:
        seen += len(piece)
        if seen > size:
            raise MalformedBody(f"The part is to have {size} bytes and has more", code="part_size", limit=size)
        if held:
            yield held
        held = piece
    if seen < size:
        raise MalformedBody(f"The part is to have {size} bytes and has {seen}", code="part_size", limit=size)
    if held:
        yield held
