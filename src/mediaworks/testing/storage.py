"""The contract of `mediaworks.storage.BlobStore` as tests. A backend holds it when a subclass of the suite passes:

class TestMyStore(StorageContract):
    @pytest.fixture
    def stores(self) -> tuple[BlobStore, BlobStore]:
        return MyStore(address), MyStore(address)
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mediaworks.errors import NotFound
from mediaworks.storage import BlobStore, Written
from mediaworks.testing.storage_drafts import DraftContract, get, put

__all__ = ["StorageContract", "get", "put"]


class StorageContract(DraftContract):
    """Every promise of the port. Needs a fixture `stores`: two objects for one empty storage, as two processes have."""

    @pytest.fixture
    def store(self, stores: tuple[BlobStore, BlobStore]) -> BlobStore:
        return stores[0]

    @pytest.fixture
    def other_store(self, stores: tuple[BlobStore, BlobStore]) -> BlobStore:
        return stores[1]

    def run(self, steps: Callable[..., Awaitable[Any]], *stores: BlobStore) -> Any:
        async def whole() -> Any:
            try:
                return await steps(*stores)
            finally:
                for store in stores:
                    await store.close()

        return asyncio.run(whole())

    @pytest.mark.parametrize("sizes", [[0], [1], [4096], [100, 5000], [16_000, *[417_792] * 12, 77], [1 << 20] * 5])
    def test_what_was_written_is_read_back_and_its_hash_is_told(self, store: BlobStore, sizes: list[int]) -> None:
        chunks = [os.urandom(size) for size in sizes]
        whole = b"".join(chunks)

        async def steps(store: BlobStore) -> None:
            written = await put(store, "originals/aa/one", *chunks)
            assert written == Written(len(whole), hashlib.sha256(whole).hexdigest())
            assert await get(store, "originals/aa/one") == whole
            found = await store.stat("originals/aa/one")
            assert found is not None
            assert found.size == len(whole)

        self.run(steps, store)

    def test_a_range_is_read_without_the_rest(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            await put(store, "k/one", b"0123456789")
            assert await get(store, "k/one", 3, 4) == b"3456"
            assert await get(store, "k/one", 8) == b"89"
            assert await get(store, "k/one", 10) == b""

        self.run(steps, store)

    def test_nothing_is_seen_before_the_commit(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            writer = await store.create("k/one")
            await writer.write(b"x" * 100_000)
            assert await store.stat("k/one") is None
            assert [blob async for blob in store.list()] == []
            await writer.commit()
            assert [blob.key async for blob in store.list()] == ["k/one"]

        self.run(steps, store)

    def test_an_aborted_writer_leaves_nothing_and_may_be_aborted_twice(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            writer = await store.create("k/one")
            await writer.write(os.urandom(1 << 20))
            await writer.abort()
            await writer.abort()
            assert await store.stat("k/one") is None
            await put(store, "k/one", b"again")
            assert await get(store, "k/one") == b"again"

        self.run(steps, store)

    def test_a_second_blob_under_a_key_replaces_the_first(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            await put(store, "k/one", b"old and long")
            await put(store, "k/one", b"new")
            assert await get(store, "k/one") == b"new"

        self.run(steps, store)

    def test_what_is_missing_is_not_found(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            assert await store.stat("k/none") is None
            with pytest.raises(NotFound):
                await get(store, "k/none")
            with pytest.raises(NotFound):
                async with store.as_file("k/none"):
                    pass

        self.run(steps, store)

    def test_a_deleted_blob_is_gone_and_deleting_nothing_is_no_error(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            await put(store, "k/one", b"x")
            await store.delete("k/one")
            await store.delete("k/one")
            assert await store.stat("k/one") is None

        self.run(steps, store)

    def test_deleting_a_key_removes_what_an_unfinished_writer_left(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            writer = await store.create("k/one")
            await writer.write(b"half")
            await store.delete("k/one")
            await store.create("k/one")

        self.run(steps, store)

    def test_a_writer_takes_the_place_of_one_that_was_killed(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            killed = await store.create("k/one")
            await killed.write(b"half of it")
            await put(store, "k/one", b"whole")
            assert await get(store, "k/one") == b"whole"

        self.run(steps, store)

    def test_a_list_knows_prefixes(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            for key in ("a/1", "a/2", "b/1"):
                await put(store, key, key.encode())
            assert sorted([blob.key async for blob in store.list("a/")]) == ["a/1", "a/2"]
            assert len([blob async for blob in store.list()]) == 3

        self.run(steps, store)

    def test_a_blob_as_a_file_can_be_read_and_sought(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            await put(store, "k/one", b"0123456789")
            async with store.as_file("k/one") as descriptor:
                assert os.pread(descriptor, 3, 4) == b"456"
                assert os.lseek(descriptor, 0, os.SEEK_END) == 10

        self.run(steps, store)

    def test_many_writers_at_once_do_not_mix(self, store: BlobStore) -> None:
        contents = {f"k/{n}": [os.urandom(300_000) for _ in range(8)] for n in range(12)}

        async def steps(store: BlobStore) -> None:
            await asyncio.gather(*(put(store, key, *chunks) for key, chunks in contents.items()))
            for key, chunks in contents.items():
                assert await get(store, key) == b"".join(chunks)

        self.run(steps, store)

    def test_a_healthy_store_passes_its_check(self, store: BlobStore) -> None:
        self.run(lambda store: store.check(), store)
