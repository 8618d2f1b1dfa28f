"""Who encodes on this machine, whichever processes ask: what somebody waits for first, what is made ahead of them after it."""

from __future__ import annotations

import asyncio
import fcntl
import math
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import Enum, auto
from pathlib import Path

TICK_SECONDS = 0.03


class Urgency(Enum):
    """Of what an encoder makes next: somebody waits for it, nobody does yet, or there is enough of it."""

    AWAITED = auto()
    AHEAD = auto()
    ENOUGH = auto()


class Slots:
    """Locked files below `folder`, `count` of them, called by `name`, each for one encoder; and one that all share who are
    awaited. Within a process who came first is first."""

    def __init__(self, folder: Path, count: int, name: str = ".slot") -> None:
        self._files = [folder / f"{name}-{number}" for number in range(count)]
        self._hurry = folder / ".hurry"
        self._queue: list[Place] = []
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def place(self, urgency: Callable[[], Urgency]) -> Iterator[Place]:
        """Until the block ends, a place for an encoder whose work is as urgent as told."""
        place = Place(self, urgency)
        try:
            yield place
        finally:
            place.leave()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A slot for what somebody waits for, until the block ends; waits for it."""
        with self.place(lambda: Urgency.AWAITED) as place:
            await place.taken()
            yield

    @contextmanager
    def one_now(self) -> Iterator[bool]:
        """A slot until the block ends, if one is free: whether one was."""
        slot = self._free()
        try:
            yield slot is not None
        finally:
            if slot is not None:
                _give_back(slot)

    def free_for(self) -> float:
        """Since when nobody has had a slot, in seconds; 0 while somebody has one. Blocks a moment."""
        return min(map(_free_for, self._files))

    def take(self, place: Place) -> int | None:
        """A slot, if one is free and nobody else came before."""
        if place not in self._queue:
            self._queue.append(place)
        if place is not self._queue[0]:
            return None
        slot = self._free()
        if slot is not None:
            self.forget(place)
        return slot

    def forget(self, place: Place) -> None:
        """It does not wait for a slot any more."""
        if place in self._queue:
            self._queue.remove(place)

    def hurry(self) -> int:
        """A file that is open for as long as somebody waits for what an encoder makes."""
        file = os.open(self._hurry, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(file, fcntl.LOCK_SH)  # at most for as long as somebody looks
        return file

    @property
    def are_awaited(self) -> bool:
        """Whether there is an encoder, of any process, that somebody waits for."""
        if (file := _locked(self._hurry)) is None:
            return True
        os.close(file)
        return False

    def _free(self) -> int | None:
        slot = next((file for path in self._files if (file := _locked(path)) is not None), None)
        if slot is not None:
            os.utime(slot)
        return slot


class Place:
    """Holds a slot while its work is awaited; while it is ahead of whoever watches, only as long as nothing else is awaited."""

    def __init__(self, slots: Slots, urgency: Callable[[], Urgency]) -> None:
        self._slots = slots
        self._urgency = urgency
        self._slot: int | None = None
        self._hurry: int | None = None

    async def taken(self) -> None:
        """Wait until it may work."""
        while not self.may_work():  # noqa: ASYNC110 - it may be another process that gives it back
            await asyncio.sleep(TICK_SECONDS)

    def may_work(self) -> bool:
        """Whether it holds a slot, which it takes or gives back by what is urgent now."""
        urgency = self._urgency()
        self._tell(is_awaited=urgency is Urgency.AWAITED)
        if urgency is Urgency.ENOUGH or (urgency is Urgency.AHEAD and self._slots.are_awaited):
            self._give_back()
        elif self._slot is None:
            self._slot = self._slots.take(self)
        return self._slot is not None

    def leave(self) -> None:
        self._tell(is_awaited=False)
        self._give_back()

    def _tell(self, *, is_awaited: bool) -> None:
        if is_awaited and self._hurry is None:
            self._hurry = self._slots.hurry()
        elif not is_awaited and self._hurry is not None:
            os.close(self._hurry)
            self._hurry = None

    def _give_back(self) -> None:
        self._slots.forget(self)
        if self._slot is not None:
            _give_back(self._slot)
            self._slot = None


def _locked(path: Path) -> int | None:
    """The file, locked until it is closed; None when somebody else has locked it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file


def _give_back(slot: int) -> None:
    os.utime(slot)
    os.close(slot)


def _free_for(path: Path) -> float:
    if not path.exists():
        return math.inf
    if (file := _locked(path)) is None:
        return 0.0
    try:
        return max(0.0, time.time() - os.fstat(file).st_mtime)
    finally:
        os.close(file)
