from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path
from threading import Event
from typing import Any

from mediaworks.storage.local.appending import BLOCK_BYTES, BlockPool, DirectAppender


class WaitingDigest:
    """Hashes only once it is let go."""

    def __init__(self) -> None:
        self.go = Event()
        self._digest = hashlib.sha256()

    def update(self, block: memoryview) -> None:
        self.go.wait(20)
        self._digest.update(block)


def test_blocks_go_back_to_the_pool_only_when_no_thread_reads_them_any_more(tmp_path: Path) -> None:
    async def steps() -> None:
        pool, digest = BlockPool(1), WaitingDigest()
        ring = pool.take()
        assert ring is not None
        descriptor = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
        waiting: Any = digest
        appender = DirectAppender(descriptor, waiting, pool, ring)
        await appender.append(bytes(BLOCK_BYTES * (len(ring) - 1)))
        second = asyncio.create_task(appender.append(bytes(BLOCK_BYTES)))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait([second])
        stopping = asyncio.create_task(appender.stop())
        await asyncio.wait([stopping], timeout=0.2)
        assert pool.take() is None
        digest.go.set()
        await stopping
        assert pool.take() is ring
        os.close(descriptor)

    asyncio.run(steps())
