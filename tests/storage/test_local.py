from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from mediaworks.errors import SetupError
from mediaworks.storage import BlobStore, StorageConfig, open_store
from mediaworks.testing.storage import StorageContract, put


class TestLocalStore(StorageContract):
    @pytest.fixture
    def stores(self, tmp_path: Path) -> tuple[BlobStore, BlobStore]:
        config = StorageConfig(url=(tmp_path / "blobs").as_uri())
        return open_store(config), open_store(config)


def test_a_cancelled_writer_leaves_no_thread_behind_that_publishes_later(tmp_path: Path) -> None:
    async def steps() -> None:
        store = open_store(StorageConfig(url=tmp_path.as_uri()))
        writer = await store.create("k/one")
        await writer.write(os.urandom(1 << 20))
        committing = asyncio.create_task(writer.commit())
        await asyncio.sleep(0)
        committing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await committing
        await writer.abort()
        await store.delete("k/one")
        assert await store.stat("k/one") is None

    asyncio.run(steps())


def test_fast_senders_write_past_the_page_cache(tmp_path: Path) -> None:
    """O_DIRECT shows in the flags of the open file while blocks are being written."""

    async def steps() -> list[int]:
        store = open_store(StorageConfig(url=tmp_path.as_uri()))
        writer = await store.create("k/one")
        for _ in range(4):
            await writer.write(os.urandom(512 * 1024))
        flags = [
            int(line.split()[1], 8)
            for number in os.listdir("/proc/self/fdinfo")
            if os.path.exists(f"/proc/self/fd/{number}") and "incoming" in os.readlink(f"/proc/self/fd/{number}")
            for line in Path(f"/proc/self/fdinfo/{number}").read_text().splitlines()
            if line.startswith("flags")
        ]
        await writer.commit()
        return flags

    assert any(flags & os.O_DIRECT for flags in asyncio.run(steps()))


def test_more_fast_senders_than_blocks_all_arrive(tmp_path: Path) -> None:
    async def steps() -> None:
        store = open_store(StorageConfig(url=tmp_path.as_uri()))
        content = [os.urandom(200_000) for _ in range(12)]
        written = await asyncio.gather(*(put(store, f"k/{n}", *content) for n in range(30)))
        assert len({one.sha256 for one in written}) == 1

    asyncio.run(steps())


def test_an_unknown_scheme_names_the_known_ones() -> None:
    with pytest.raises(SetupError, match="file://"):
        open_store(StorageConfig(url="ftp://somewhere"))


def test_a_folder_that_cannot_be_made_is_a_set_up_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SetupError, match="cannot be written"):
        open_store(StorageConfig(url=(tmp_path / "file" / "blobs").as_uri()))


def test_an_upload_cancelled_in_mid_write_gives_no_block_away_that_a_thread_still_reads(tmp_path: Path) -> None:
    """Cancelled writers and whole ones share the blocks of one pool: what is whole must stay so."""

    async def cancelled(store: BlobStore, number: int) -> None:
        writer = await store.create(f"c/{number}")
        try:
            for _ in range(40):
                await writer.write(os.urandom(300_000))
        finally:
            await writer.abort()

    async def steps() -> None:
        store = open_store(StorageConfig(url=tmp_path.as_uri()))
        content = [os.urandom(300_000) for _ in range(10)]
        expected = hashlib.sha256(b"".join(content)).hexdigest()
        for number in range(30):
            doomed = asyncio.create_task(cancelled(store, number))
            whole = asyncio.create_task(put(store, f"k/{number}", *content))
            await asyncio.sleep(0.001 * (number % 7))
            doomed.cancel()
            await asyncio.wait([doomed])
            assert (await whole).sha256 == expected
            assert hashlib.sha256((tmp_path / f"k/{number}").read_bytes()).hexdigest() == expected
            assert await store.stat(f"c/{number}") is None

    asyncio.run(steps())
