"""Files that come whole in one request: receive → _store_bytes → finish; what fails anywhere is discarded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from mediaworks.accounts import Accounts, Caller
from mediaworks.errors import TooLarge
from mediaworks.kit.quantities import readable_size
from mediaworks.media import Media
from mediaworks.processing import HEAD_BYTES
from mediaworks.storage import BlobWriter, Written
from mediaworks.uploads.model import Labels, Protocol, Received, State, Upload
from mediaworks.uploads.shared import Shared


class WholeFiles:
    def __init__(self, shared: Shared, accounts: Accounts) -> None:
        self._shared = shared
        self.config = shared.records.config
        self._accounts = accounts

    async def receive(
        self, caller: Caller, chunks: AsyncIterator[bytes], *, name: str, protocol: Protocol, **more: Any
    ) -> Received:
        """Read a file to its end, make its bytes durable and look at it. The caller goes on with `finish` or `discard`.

        Raises EmptyFile, UnsupportedType and TooLarge as soon as they are sure, what `Finishing.examine` raises,
        QuotaExceeded, StorageFull; then nothing of the file stays.
        """
        upload = await self._shared.records.draw_up(caller, protocol, name=name, holder=self._shared.me, **more)
        head, ended = await read_head(chunks)
        self._shared.finishing.accept(upload, head)
        self._require_within(upload, len(head))
        await self._shared.records.begin(upload)
        try:
            written = await self._store_bytes(upload, head, None if ended else chunks)
            await self._accounts.require_room(caller, written.size)
            return await self._shared.finishing.examine(upload, written)
        except BaseException:
            await self._shared.finishing.discard(upload, State.FAILED)
            raise

    async def finish(self, received: Received, labels: Labels) -> Media:
        """Make the media object. Raises what `Finishing.make` raises; then nothing of the file stays."""
        try:
            return await self._shared.finishing.make(received, labels)
        except BaseException:
            await self.discard(received)
            raise

    async def discard(self, received: Received) -> None:
        """Leave nothing of a file that was received but shall not become a media object."""
        await self._shared.finishing.discard(received.upload, State.FAILED)

    async def _store_bytes(self, upload: Upload, head: bytes, rest: AsyncIterator[bytes] | None) -> Written:
        writer = await self._shared.store.create(upload.storage_key)
        try:
            await writer.write(head)
            if rest is not None:
                await self._copy(upload, writer, len(head), rest)
            return await writer.commit()
        except BaseException:
            await writer.abort()
            raise

    async def _copy(self, upload: Upload, writer: BlobWriter, size: int, rest: AsyncIterator[bytes]) -> None:
        async for chunk in self._shared.paces.paced(rest, upload):
            size += len(chunk)
            self._require_within(upload, size)
            await writer.write(chunk)

    def _require_within(self, upload: Upload, size: int) -> None:
        limit = self._shared.records.size_limit(upload.policy.max_file_size)
        if size > limit:
            raise TooLarge(
                f"file: is larger than the {readable_size(limit)} that are allowed", field="file", limit=limit
            )


async def read_head(chunks: AsyncIterator[bytes]) -> tuple[bytes, bool]:
    """The first bytes, enough to know the type, and whether the file ended with them."""
    head = bytearray()
    async for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            return bytes(head), False
    return bytes(head), True
