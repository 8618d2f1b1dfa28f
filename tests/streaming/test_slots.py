from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mediaworks.streaming.pace import paced
from mediaworks.streaming.slots import Place, Slots, Urgency

AWAITED, AHEAD, ENOUGH = Urgency


class Work:
    """An encoder that tells whether it stands still, and how urgent it is."""

    def __init__(self, urgency: Urgency) -> None:
        self.urgency = urgency
        self.stands_still = False

    def pause(self) -> None:
        self.stands_still = True

    def go_on(self) -> None:
        self.stands_still = False


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _place(held: ExitStack, slots: Slots, work: Work) -> Place:
    return held.enter_context(slots.place(lambda: work.urgency))


def test_no_more_encoders_work_than_there_are_slots_whichever_process_asks(tmp_path: Path, held: ExitStack) -> None:
    processes = [Slots(tmp_path, 2) for _ in range(3)]
    working = [_place(held, slots, Work(AWAITED)).may_work() for slots in processes]
    assert working == [True, True, False]


def test_what_is_made_ahead_gives_way_to_what_somebody_waits_for(tmp_path: Path, held: ExitStack) -> None:
    early, late = Work(AHEAD), Work(AWAITED)
    ahead, awaited = _place(held, Slots(tmp_path, 1), early), _place(held, Slots(tmp_path, 1), late)
    assert ahead.may_work()
    assert not awaited.may_work()
    assert not ahead.may_work()
    assert awaited.may_work()


def test_what_is_made_ahead_leaves_a_free_slot_alone_while_somebody_waits(tmp_path: Path, held: ExitStack) -> None:
    """It would take from the processors what the other needs."""
    awaited = Work(AWAITED)
    first, second = _place(held, Slots(tmp_path, 2), awaited), _place(held, Slots(tmp_path, 2), Work(AHEAD))
    assert first.may_work()
    assert not second.may_work()
    awaited.urgency = AHEAD
    assert first.may_work()
    assert second.may_work()


def test_what_there_is_enough_of_holds_no_slot(tmp_path: Path, held: ExitStack) -> None:
    work = Work(AWAITED)
    place, other = _place(held, Slots(tmp_path, 1), work), _place(held, Slots(tmp_path, 1), Work(AHEAD))
    assert place.may_work()
    work.urgency = ENOUGH
    assert not place.may_work()
    assert other.may_work()


def test_within_a_process_who_waits_first_is_first(tmp_path: Path, held: ExitStack) -> None:
    slots = Slots(tmp_path, 1)
    works = [Work(AWAITED) for _ in range(3)]
    first, second, third = (_place(held, slots, work) for work in works)
    assert [first.may_work(), second.may_work(), third.may_work()] == [True, False, False]
    first.leave()
    assert [third.may_work(), second.may_work()] == [False, True]


def test_an_encoder_stands_still_while_it_may_not_work_and_goes_on_when_it_may(tmp_path: Path) -> None:
    async def go() -> None:
        with Slots(tmp_path, 1).place(lambda: work.urgency) as place:
            await place.taken()
            async with paced(work, place, idle_seconds=60), asyncio.timeout(10):
                for urgency, stands_still in ((ENOUGH, True), (AWAITED, False)):
                    work.urgency = urgency
                    while work.stands_still is not stands_still:
                        await asyncio.sleep(0.01)

    work = Work(AWAITED)
    asyncio.run(go())


def test_an_encoder_that_stood_still_for_long_is_ended_without_an_error(tmp_path: Path) -> None:
    async def go() -> None:
        with Slots(tmp_path, 1).place(lambda: work.urgency) as place:
            await place.taken()
            work.urgency = ENOUGH
            async with asyncio.timeout(10), paced(work, place, idle_seconds=0.05):
                await asyncio.Event().wait()

    work = Work(AWAITED)
    asyncio.run(go())
    assert work.stands_still


def test_another_time_limit_is_not_taken_for_idleness(tmp_path: Path) -> None:
    async def go() -> None:
        with Slots(tmp_path, 1).place(lambda: AWAITED) as place:
            await place.taken()
            async with paced(Work(AWAITED), place, idle_seconds=60), asyncio.timeout(0.05):
                await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        asyncio.run(go())
