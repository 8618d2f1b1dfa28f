from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mediaworks.storage import BlobStore, StorageConfig, open_store
from mediaworks.storage.copying import Amount, Outcome, copy_all, measure
from mediaworks.storage.local import LocalStore
from mediaworks.testing.storage import get, put

SIZES = {"originals/aa/one": 9 << 20, "originals/aa/two": 100, "thumbnails/bb/one": 0, "thumbnails/bb/two": 300_000}


async def filled(store: BlobStore) -> dict[str, bytes]:
    content = {key: os.urandom(size) for key, size in SIZES.items()}
    for key, whole in content.items():
        await put(store, key, whole)
    return content


async def copied(source: BlobStore, target: BlobStore, at_once: int = 3) -> dict[str, str]:
    seen: list[int] = []
    outcomes = [one async for one in copy_all(source, target, at_once=at_once, progress=seen.append)]
    assert sum(seen) == sum(SIZES.values()) or any(one.state == "failed" for one in outcomes)
    return {one.blob.key: one.state for one in outcomes}


def local(path: Path) -> BlobStore:
    return open_store(StorageConfig(url=path.as_uri()))


def test_what_goes_to_s3_and_back_is_the_same_bit_for_bit(tmp_path: Path, s3_url: str) -> None:
    async def steps() -> None:
        here, bucket, back = local(tmp_path / "here"), open_store(StorageConfig(url=s3_url)), local(tmp_path / "back")
        content = await filled(here)
        assert await measure(here) == Amount(len(SIZES), sum(SIZES.values()))
        assert set((await copied(here, bucket)).values()) == {"copied"}
        assert set((await copied(bucket, back)).values()) == {"copied"}
        assert {key: await get(back, key) for key in content} == content
        assert set((await copied(here, bucket)).values()) == {"already_there"}
        await bucket.close()

    asyncio.run(steps())


def test_a_copy_that_was_broken_off_goes_on_and_leaves_nothing_unfinished(tmp_path: Path, s3_url: str) -> None:
    async def steps() -> None:
        here, bucket = local(tmp_path), open_store(StorageConfig(url=s3_url))
        content = await filled(here)
        copying = copy_all(here, bucket, at_once=1, progress=lambda count: None)
        first = await anext(copying)
        await copying.aclose()  # type: ignore[attr-defined]
        states = await copied(here, bucket)
        assert states.pop(first.blob.key) == "already_there"
        assert set(states.values()) == {"copied"}
        assert {key: await get(bucket, key) for key in content} == content
        assert [one async for one in bucket.unfinished()] == []
        await bucket.close()

    asyncio.run(steps())


def test_a_blob_of_the_same_size_with_other_bytes_is_copied_again(tmp_path: Path) -> None:
    async def steps() -> None:
        here, there = local(tmp_path / "here"), local(tmp_path / "there")
        content = await filled(here)
        await copied(here, there)
        await put(there, "originals/aa/two", os.urandom(100))
        states = await copied(here, there)
        assert [key for key, state in states.items() if state == "copied"] == ["originals/aa/two"]
        assert await get(there, "originals/aa/two") == content["originals/aa/two"]

    asyncio.run(steps())


class Rotten(LocalStore):
    """Gives one blob back with a flipped bit."""

    async def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        async for chunk in super().read(key, start, length):
            yield bytes([chunk[0] ^ 1]) + chunk[1:] if key.endswith("two") else chunk


def test_a_target_that_gives_back_other_bytes_is_noticed_and_the_rest_is_copied(tmp_path: Path) -> None:
    async def steps() -> list[Outcome]:
        here, there = local(tmp_path / "here"), Rotten(tmp_path / "there")
        await filled(here)
        outcomes = [one async for one in copy_all(here, there, at_once=2, progress=lambda count: None)]
        assert await there.stat("originals/aa/two") is None
        assert await there.stat("originals/aa/one") is not None
        return outcomes

    failed = [one for one in asyncio.run(steps()) if one.state == "failed"]
    assert {one.blob.key for one in failed} == {"originals/aa/two", "thumbnails/bb/two"}
    assert "other bytes" in failed[0].problem


@pytest.mark.parametrize("at_once", [1, 4])
def test_no_more_are_under_way_than_was_asked_for(tmp_path: Path, at_once: int) -> None:
    class Counting(LocalStore):
        now = most = 0

        async def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
            self.now += 1
            self.most = max(self.most, self.now)
            async for chunk in super().read(key, start, length):
                yield chunk
            self.now -= 1

    async def steps() -> int:
        here = Counting(tmp_path / "here")
        for number in range(20):
            await put(here, f"k/{number}", os.urandom(10_000))
        assert len([one async for one in copy_all(here, local(tmp_path / "t"), at_once=at_once, progress=print)]) == 20
        return here.most

    assert 1 <= asyncio.run(steps()) <= at_once
