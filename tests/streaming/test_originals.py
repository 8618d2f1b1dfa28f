from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from tests.streaming.cinema import Cinema

from mediaworks.errors import Unavailable
from mediaworks.streaming.originals import Originals


class Elsewhere:
    """A storage on another machine, of which it is counted how often a whole file was sent."""

    spools = True

    def __init__(self, *, breaks: bool = False) -> None:
        self.sent = 0
        self.copied = 0
        self.breaks = breaks

    async def read(self, key: str) -> AsyncIterator[bytes]:
        self.sent += 1
        content = await asyncio.to_thread(Path(key).read_bytes)
        for at in range(0, len(content), 1000):
            yield content[at : at + 1000]
            if self.breaks:
                raise Unavailable("The storage is away")

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[int]:
        self.copied += 1
        descriptor = os.open(key, os.O_RDONLY)
        yield descriptor
        os.close(descriptor)


@pytest.fixture
def cinema(tmp_path: Path) -> Cinema:
    return Cinema(tmp_path, seconds=2)


def originals(cinema: Cinema, store: Elsewhere, quota: int = 1 << 30) -> Originals:
    return Originals(cast(Any, store), replace(cinema.cache, quota=quota))


async def content_of(files: Originals, cinema: Cinema) -> bytes:
    async with files.as_file(cinema.playable) as descriptor:
        return await asyncio.to_thread(os.pread, descriptor, cinema.playable.size_bytes + 1, 0)


def film(cinema: Cinema) -> bytes:
    return Path(cinema.playable.storage_key).read_bytes()


def test_a_recording_is_fetched_once_for_all_processes_and_all_that_is_made_of_it(cinema: Cinema) -> None:
    async def steps() -> list[bytes]:
        one, other = originals(cinema, store), originals(cinema, store)
        found = await asyncio.gather(*(content_of(files, cinema) for files in (one, other) for _ in range(3)))
        return [*found, await content_of(originals(cinema, store), cinema)]

    store = Elsewhere()
    assert set(asyncio.run(steps())) == {film(cinema)}
    assert (store.sent, store.copied) == (1, 0)


def test_a_copy_goes_with_the_recording_and_while_it_is_read_it_stays(cinema: Cinema) -> None:
    async def steps() -> bytes:
        files = originals(cinema, store)
        async with files.as_file(cinema.playable) as descriptor:
            cinema.cache.forget(cinema.playable.media_id)
            kept = os.pread(descriptor, cinema.playable.size_bytes, 0)
        assert not [path for path in cinema.cache.folder.rglob("*") if path.is_file()]
        assert await content_of(files, cinema) == kept
        return kept

    store = Elsewhere()
    assert asyncio.run(steps()) == film(cinema)
    assert store.sent == 2


def test_a_copy_gives_way_when_room_is_needed(cinema: Cinema) -> None:
    asyncio.run(content_of(originals(cinema, Elsewhere()), cinema))
    assert replace(cinema.cache, quota=cinema.playable.size_bytes - 1).shrink() == 0


def test_of_half_a_copy_nothing_is_kept(cinema: Cinema) -> None:
    with pytest.raises(Unavailable):
        asyncio.run(content_of(originals(cinema, Elsewhere(breaks=True)), cinema))
    assert cinema.cache.size() == 0
    store = Elsewhere()
    assert asyncio.run(content_of(originals(cinema, store), cinema)) == film(cinema)


def test_what_would_drive_out_all_else_is_copied_for_each_program(cinema: Cinema) -> None:
    store = Elsewhere()
    files = originals(cinema, store, quota=cinema.playable.size_bytes)
    assert asyncio.run(content_of(files, cinema)) == film(cinema)
    assert (store.sent, store.copied) == (0, 1)
    assert not files.is_at_hand(cinema.playable.size_bytes)
    assert originals(cinema, store).is_at_hand(cinema.playable.size_bytes)
