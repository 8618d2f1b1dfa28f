"""What was watched is made whole while nobody needs an encoder."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.streaming.cinema import Cinema, OnDisk

from mediaworks.errors import NotFound, RateLimited
from mediaworks.processing import AnyRendition
from mediaworks.streaming.cache import SegmentCache
from mediaworks.streaming.completion import Completion
from mediaworks.streaming.config import StreamingConfig
from mediaworks.streaming.model import Playable
from mediaworks.streaming.runs import Runs
from mediaworks.streaming.shared.shelf import NoShelf
from mediaworks.streaming.slots import Slots
from mediaworks.streaming.spare import SpareCache, SpareMeter, SpareShelf, spare_standing
from mediaworks.streaming.watched import Watched

QUIET_SECONDS = 60.0
ALL = set(range(12))


class Stuck(OnDisk):
    """A storage that opens nothing: what needs a file hangs."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    @asynccontextmanager
    async def as_file(self, playable: Playable) -> AsyncIterator[int]:
        self.asked.set()
        await asyncio.Event().wait()
        yield 0


class Broke:
    """Nobody has anything left."""

    async def require(self, playable: Playable, rendition: AnyRendition) -> None:
        raise RateLimited("Nothing is left")

    async def count(self, playable: Playable, rendition: AnyRendition, *, seconds: float) -> None:
        """Nothing is encoded."""


class HasIt(NoShelf):
    """Other machines have made the beginning."""

    async def names(self, place: str) -> set[str]:
        return {f"{number}.m4s" for number in range(6)}


@pytest.fixture
def cinema(tmp_path: Path) -> Cinema:
    return Cinema(tmp_path)


def place_of(cinema: Cinema) -> str:
    return cinema.playable.key(cinema.video)


def completion(cinema: Cinema, **others: Any) -> Completion:
    cache: SegmentCache = others.get("cache", cinema.cache)
    config = StreamingConfig(segment_seconds=1.0, ahead=2)
    spare, shelf = SpareCache(cache.folder, cache.quota), others.get("shelf", NoShelf())
    runs = Runs(
        others.get("store", OnDisk()), spare, lambda: cinema.program, config,
        SpareMeter(others.get("meter", cinema)), SpareShelf(shelf), spare_standing(cache.folder),
    )  # fmt: skip

    async def found(media_id: UUID) -> Playable:
        if media_id != cinema.playable.media_id:
            raise NotFound("There is no such recording")
        return cinema.playable

    return Completion(found, runs, cache, shelf, slots_of(cinema), QUIET_SECONDS)


def slots_of(cinema: Cinema) -> Slots:
    return Slots(cinema.cache.folder, 2)


def long_ago(folder: Path) -> None:
    """As if the last encoder had ended then."""
    for slot in folder.glob(".slot-*"):
        os.utime(slot, (0, 0))


async def watch(cinema: Cinema, number: int) -> Path:
    runs = cinema.process()
    path = await runs.segment(cinema.playable, cinema.video, number)
    await runs.close()
    Watched(cinema.cache.folder).note(place_of(cinema))
    long_ago(cinema.cache.folder)
    return path


def test_the_rest_is_made_at_nobodys_expense_and_goes_first_when_room_is_needed(cinema: Cinema) -> None:
    async def steps() -> Path:
        path = await watch(cinema, 3)
        encoded = cinema.encoded
        await completion(cinema).run()
        assert cinema.encoded == encoded
        return path

    watched = asyncio.run(steps())
    assert cinema.made == ALL
    assert not Watched(cinema.cache.folder).latest()
    cinema.cache.found(place_of(cinema), watched.name)
    replace(cinema.cache, quota=watched.stat().st_size).shrink()
    assert cinema.made == {3}


def test_what_nobody_watched_is_left(cinema: Cinema) -> None:
    async def steps() -> None:
        runs = cinema.process()
        await runs.segment(cinema.playable, cinema.video, 0)
        await runs.close()
        long_ago(cinema.cache.folder)
        await completion(cinema).run()

    asyncio.run(steps())
    assert cinema.made <= {0, 1, 2}


def test_whoever_needs_an_encoder_ends_it_at_once(cinema: Cinema) -> None:
    async def steps() -> None:
        await watch(cinema, 0)
        made, store = cinema.made, Stuck()
        working = asyncio.create_task(completion(cinema, store=store).run())
        await store.asked.wait()
        await completion(cinema).run()
        assert cinema.made == made  # another process of the machine leaves it to this one
        async with slots_of(cinema).one(), asyncio.timeout(5):
            await working
        assert not list(cinema.cache.folder.rglob(".run-*"))
        assert Watched(cinema.cache.folder).latest() == [place_of(cinema)]

    asyncio.run(steps())


def test_a_viewer_does_not_wait_for_what_it_is_just_making(cinema: Cinema) -> None:
    async def steps() -> None:
        await watch(cinema, 0)
        store, next_one = Stuck(), max(cinema.made) + 1
        working = asyncio.create_task(completion(cinema, store=store).run())
        await store.asked.wait()
        viewer = cinema.process()
        async with asyncio.timeout(10):
            await viewer.segment(cinema.playable, cinema.video, next_one)
            await working
        await viewer.close()
        assert next_one in cinema.made

    asyncio.run(steps())


def test_it_waits_until_no_encoder_was_at_work_for_a_while(cinema: Cinema) -> None:
    async def steps() -> None:
        await watch(cinema, 0)
        async with slots_of(cinema).one():
            made = cinema.made
            await completion(cinema).run()
        await completion(cinema).run()
        assert cinema.made == made

    asyncio.run(steps())


def test_a_cache_that_is_full_is_left_to_those_who_watch(cinema: Cinema) -> None:
    async def steps() -> None:
        await watch(cinema, 0)
        made = cinema.made
        await completion(cinema, cache=replace(cinema.cache, quota=cinema.cache.size())).run()
        assert cinema.made == made

    asyncio.run(steps())


def test_nothing_is_made_for_an_owner_who_has_nothing_left(cinema: Cinema) -> None:
    async def steps() -> None:
        await watch(cinema, 0)
        made = cinema.made
        await completion(cinema, meter=Broke()).run()
        assert cinema.made == made
        await completion(cinema).run()
        assert cinema.made == ALL

    asyncio.run(steps())


def test_what_other_machines_have_made_is_not_made_again(cinema: Cinema) -> None:
    async def steps() -> None:
        await watch(cinema, 9)
        await completion(cinema, shelf=HasIt()).run()
        assert cinema.made == ALL - set(range(6))

    asyncio.run(steps())


def test_a_mark_of_what_is_gone_is_forgotten(cinema: Cinema) -> None:
    async def steps() -> None:
        marks = Watched(cinema.cache.folder)
        marks.note(place_of(cinema).replace(str(cinema.playable.media_id), str(UUID(int=1))))
        marks.note(place_of(cinema) + "0")
        await completion(cinema).run()
        assert not marks.latest()

    asyncio.run(steps())


def test_the_last_watched_comes_first_and_what_is_long_ago_not_at_all(tmp_path: Path) -> None:
    marks = Watched(tmp_path)
    for hours, name in enumerate(("a/b/new", "a/b/old", "c/d/older")):
        marks.note(name)
        moment = time.time() - hours * 3600
        os.utime(tmp_path / name / ".watched", (moment, moment))
    marks.note("e/f/oldest")
    os.utime(tmp_path / "e/f/oldest" / ".watched", (0, 0))
    assert marks.latest() == ["a/b/new", "a/b/old", "c/d/older"]
