"""The promises of the storage port about blobs that are made over several requests; part of `StorageContract`."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mediaworks.errors import Conflict, MalformedBody, NotFound, PreconditionFailed
from mediaworks.storage import BlobStore, Draft, Written

KEY = "originals/aa/one"
MIB = 1 << 20


async def get(store: BlobStore, key: str, start: int = 0, length: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in store.read(key, start, length)])


async def put(store: BlobStore, key: str, *chunks: bytes) -> Written:
    """Write and commit one blob."""
    writer = await store.create(key)
    for chunk in chunks:
        await writer.write(chunk)
    return await writer.commit()


async def pieces(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    """`content` as it comes over a line."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def left_over(store: BlobStore) -> list[str]:
    return [one.draft.key async for one in store.unfinished()]


class DraftContract:
    """Needs the fixtures `store` and `other_store`: two objects for one and the same storage, as two processes have."""

    def run(self, *_: Any) -> Any:
        raise NotImplementedError

    @pytest.mark.parametrize("sizes", [[10, 20], [6 * MIB, 3 * MIB, 1], [9 * MIB, 1, 8 * MIB], [100, 17 * MIB, 0, 5]])
    def test_what_was_kept_goes_on_in_another_process(
        self, store: BlobStore, other_store: BlobStore, sizes: list[int]
    ) -> None:
        content = [os.urandom(size) for size in sizes]
        whole = b"".join(content)

        async def steps(*stores: BlobStore) -> None:
            draft, digest = Draft(KEY), hashlib.sha256()
            for turn, chunk in enumerate(content):
                writer = await stores[turn % 2].resume(draft, digest)
                await writer.write(chunk)
                draft = await writer.keep()
                await writer.abort()
                assert draft.size == sum(sizes[: turn + 1])
                assert await stores[0].stat(KEY) is None
            written = await (await stores[0].resume(draft, digest)).commit()
            assert written == Written(len(whole), hashlib.sha256(whole).hexdigest())
            assert await get(stores[1], KEY) == whole
            assert await left_over(stores[0]) == []

        self.run(steps, store, other_store)

    def test_a_writer_without_a_digest_tells_none(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            writer = await store.resume(Draft(KEY), None)
            await writer.write(b"abc")
            assert await writer.commit() == Written(3, "")
            assert await get(store, KEY) == b"abc"

        self.run(steps, store)

    @pytest.mark.parametrize(("kept", "beyond"), [(100, 50), (100, 9 * MIB), (6 * MIB, 100), (6 * MIB, 20 * MIB)])
    def test_what_was_written_beyond_a_draft_is_thrown_away(self, store: BlobStore, kept: int, beyond: int) -> None:
        """Its keeper never heard of the second draft: say its database did not take it."""
        first, lost, last = os.urandom(kept), os.urandom(beyond), os.urandom(6 * MIB)

        async def steps(store: BlobStore) -> None:
            writer = await store.resume(Draft(KEY), None)
            await writer.write(first)
            known = await writer.keep()
            writer = await store.resume(known, None)
            await writer.write(lost)
            await writer.keep()
            writer = await store.resume(known, hashlib.sha256(first))
            await writer.write(last)
            assert (await writer.commit()).sha256 == hashlib.sha256(first + last).hexdigest()
            assert await get(store, KEY) == first + last
            assert await left_over(store) == []

        self.run(steps, store)

    def test_a_checkpoint_tells_how_far_it_is_safe_and_the_writer_goes_on(
        self, store: BlobStore, other_store: BlobStore
    ) -> None:
        content = os.urandom(30 * MIB)

        async def steps(store: BlobStore, other: BlobStore) -> None:
            writer = await store.resume(Draft(KEY), None)
            for start in range(0, len(content), 2 * MIB):
                await writer.write(content[start : start + 2 * MIB])
                draft = await writer.checkpoint()
                assert draft.size <= start + 2 * MIB
            assert draft.size >= 8 * MIB
            kept = await writer.keep()
            assert kept.size == len(content)
            going_on = await other.resume(draft, None)
            await going_on.write(content[draft.size :])
            await going_on.commit()
            assert await get(other, KEY) == content

        self.run(steps, store, other_store)

    def test_two_writers_of_one_draft_are_a_conflict(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            writer = await store.resume(Draft(KEY), None)
            await writer.write(b"x" * 100)
            draft = await writer.keep()
            holder = await store.resume(draft, None)
            with pytest.raises(Conflict):
                await store.resume(draft, None)
            await holder.keep()
            await (await store.resume(draft, None)).abort()

        self.run(steps, store)

    def test_a_draft_whose_bytes_are_gone_is_not_found(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            writer = await store.resume(Draft(KEY), None)
            await writer.write(b"x" * 100)
            draft = await writer.keep()
            await store.discard(draft)
            with pytest.raises(NotFound):
                await store.resume(draft, None)

        self.run(steps, store)

    @pytest.mark.parametrize("size", [100, 6 * MIB, 20 * MIB])
    def test_an_aborted_writer_takes_its_draft_with_it(self, store: BlobStore, size: int) -> None:
        async def steps(store: BlobStore) -> None:
            writer = await store.resume(Draft(KEY), None)
            await writer.write(os.urandom(size))
            draft = await writer.keep()
            writer = await store.resume(draft, None)
            await writer.write(os.urandom(size))
            await writer.abort()
            assert await left_over(store) == []
            with pytest.raises(NotFound):
                await store.resume(draft, None)

        self.run(steps, store)

    def test_nothing_is_changed_by_aborting_after_keep_or_commit(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            writer = await store.create(KEY)
            await writer.write(b"abc")
            draft = await writer.keep()
            await writer.abort()
            writer = await store.resume(draft, None)
            await writer.commit()
            await writer.abort()
            assert await get(store, KEY) == b"abc"

        self.run(steps, store)

    @pytest.mark.parametrize("size", [100, 6 * MIB])
    def test_what_is_unfinished_is_listed_until_it_is_discarded(self, store: BlobStore, size: int) -> None:
        async def steps(store: BlobStore) -> None:
            writer = await store.create(KEY)
            await writer.write(os.urandom(size))
            draft = await writer.keep()
            await put(store, "other/one", b"whole")
            (found,) = [one async for one in store.unfinished()]
            assert found.draft.key == KEY
            assert abs(found.begun - datetime.now(UTC)) < timedelta(minutes=5)
            await store.discard(found.draft)
            await store.discard(draft)
            assert await left_over(store) == []
            assert await get(store, "other/one") == b"whole"

        self.run(steps, store)

    def test_discarding_the_draft_of_a_committed_blob_leaves_the_blob(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            writer = await store.create(KEY)
            await writer.write(os.urandom(6 * MIB))
            draft = await writer.keep()
            await (await store.resume(draft, None)).commit()
            await store.discard(draft)
            assert await store.stat(KEY) is not None

        self.run(steps, store)

    @pytest.mark.parametrize("size", [1 * MIB, 5 * MIB, 9 * MIB])
    def test_parts_come_in_any_order_at_once_and_again(
        self, store: BlobStore, other_store: BlobStore, size: int
    ) -> None:
        content = os.urandom(3 * size + 77)
        numbers = [4, 2, 1, 3, 2]

        async def steps(*stores: BlobStore) -> None:
            draft = await stores[0].begin(KEY, len(content))

            async def send(turn: int, number: int) -> Any:
                part = content[(number - 1) * size : number * size]
                store = stores[turn % 2]
                return await store.put_part(draft, number, (number - 1) * size, pieces(part), len(part))

            parts = await asyncio.gather(*(send(turn, number) for turn, number in enumerate(numbers)))
            assert await stores[0].stat(KEY) is None
            await stores[0].assemble(draft, list({part.number: part for part in parts}.values()))
            assert await get(stores[1], KEY) == content
            assert await left_over(stores[0]) == []

        self.run(steps, store, other_store)

    @pytest.mark.parametrize(
        "sizes", [[5 * MIB, 100, 2 * MIB, 6 * MIB, 9 * MIB, 1, 4 * MIB], [5 * MIB, 0], [0], [100, 6 * MIB, 0]]
    )
    def test_parts_of_several_sizes_are_assembled(self, store: BlobStore, sizes: list[int]) -> None:
        content = [os.urandom(size) for size in sizes]

        async def steps(store: BlobStore) -> None:
            draft = await store.begin(KEY, sum(sizes))
            parts = [
                await store.put_part(draft, number + 1, sum(sizes[:number]), pieces(chunk), len(chunk))
                for number, chunk in enumerate(content)
            ]
            await store.assemble(draft, parts)
            assert await get(store, KEY) == b"".join(content)
            assert await left_over(store) == []

        self.run(steps, store)

    @pytest.mark.parametrize("size", [100, 6 * MIB, 9 * MIB])
    @pytest.mark.parametrize("wrong", [-1, 1])
    def test_a_part_of_another_size_than_told_is_refused(self, store: BlobStore, size: int, wrong: int) -> None:
        async def steps(store: BlobStore) -> None:
            draft = await store.begin(KEY, size + 1)
            with pytest.raises(MalformedBody):
                await store.put_part(draft, 1, 0, pieces(os.urandom(size + wrong)), size)
            content = os.urandom(size + 1)
            part = await store.put_part(draft, 1, 0, pieces(content), size + 1)
            await store.assemble(draft, [part])
            assert await get(store, KEY) == content

        self.run(steps, store)

    def test_missing_parts_are_a_conflict_and_can_still_be_sent(self, store: BlobStore) -> None:
        content = os.urandom(10 * MIB)

        async def steps(store: BlobStore) -> None:
            draft = await store.begin(KEY, len(content))
            second = await store.put_part(draft, 2, 5 * MIB, pieces(content[5 * MIB :]), 5 * MIB)
            with pytest.raises(Conflict):
                await store.assemble(draft, [second])
            assert await store.stat(KEY) is None
            first = await store.put_part(draft, 1, 0, pieces(content[: 5 * MIB]), 5 * MIB)
            await store.assemble(draft, [first, second])
            assert await get(store, KEY) == content

        self.run(steps, store)

    def test_the_failure_of_a_body_is_the_failure_of_the_part(self, store: BlobStore) -> None:
        class Left(Exception):
            """The sender went away."""

        async def broken() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield os.urandom(100_000)
            raise Left

        async def steps(store: BlobStore) -> None:
            draft = await store.begin(KEY, 9 * MIB)
            with pytest.raises(Left):
                await store.put_part(draft, 1, 0, broken(), 9 * MIB)
            await store.discard(draft)
            assert await left_over(store) == []

        self.run(steps, store)

    @pytest.mark.parametrize(
        "sizes",
        [[3], [1, 2, 3], [6 * MIB, 6 * MIB], [100, 11 * MIB, 5], [6 * MIB, 10, 6 * MIB, 0, 2 * MIB, 4 * MIB], [0, 0]],
    )
    def test_blobs_are_joined_in_their_order(self, store: BlobStore, sizes: list[int]) -> None:
        content = {f"partial/{number}": os.urandom(size) for number, size in enumerate(sizes)}

        async def steps(store: BlobStore) -> None:
            for key, chunk in content.items():
                await put(store, key, chunk)
            order = [*reversed(content), *content]
            await store.concatenate(order, KEY)
            assert await get(store, KEY) == b"".join(content[key] for key in order)
            assert await get(store, "partial/0") == content["partial/0"]
            assert await left_over(store) == []

        self.run(steps, store)

    def test_joining_what_is_missing_leaves_nothing(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            await put(store, "partial/1", b"abc")
            with pytest.raises(NotFound):
                await store.concatenate(["partial/1", "partial/2"], KEY)
            assert await store.stat(KEY) is None
            assert await left_over(store) == []

        self.run(steps, store)

    @pytest.mark.parametrize("size", [0, 3, 9 * MIB])
    def test_a_blob_is_adopted_while_it_is_the_one_that_was_seen(self, store: BlobStore, size: int) -> None:
        content = os.urandom(size)

        async def steps(store: BlobStore) -> None:
            await put(store, "presigned/one", content)
            seen = await store.stat("presigned/one")
            assert seen is not None
            await store.adopt("presigned/one", KEY, seen.tag)
            assert await get(store, KEY) == content
            assert await store.stat("presigned/one") is None

        self.run(steps, store)

    def test_a_blob_that_was_swapped_is_not_adopted(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            await put(store, "presigned/one", b"good")
            seen = await store.stat("presigned/one")
            assert seen is not None
            await put(store, "presigned/one", b"evil")
            with pytest.raises(PreconditionFailed):
                await store.adopt("presigned/one", KEY, seen.tag)
            assert await store.stat(KEY) is None
            with pytest.raises(NotFound):
                await store.adopt("presigned/none", KEY, seen.tag)

        self.run(steps, store)

    def test_other_bytes_have_another_tag(self, store: BlobStore) -> None:
        async def steps(store: BlobStore) -> None:
            await put(store, KEY, b"one")
            first = await store.stat(KEY)
            assert first is not None
            assert await store.stat(KEY) == first
            await put(store, KEY, b"two")
            second = await store.stat(KEY)
            assert second is not None
            assert first.tag != second.tag

        self.run(steps, store)
