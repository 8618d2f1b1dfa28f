"""Trying again: for how long, and how soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from mediaworks.cli.asking import Interrupted
from mediaworks.errors import ClientGone

T = TypeVar("T")

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 15.0


class Patience:
    """Tries again for `seconds` after a break, anew after each progress, but only with a service that was `met` in this
    command. `stopped` ends every pause."""

    def __init__(self, seconds: float, *, met: Event, stopped: Event) -> None:
        self._seconds = seconds
        self._met = met
        self._stopped = stopped
        self._furthest = -1
        self._pause = FIRST_PAUSE
        self._broken_since: float | None = None

    def saw(self, offset: int) -> None:
        """The service holds so many bytes; more than ever before renews the patience."""
        if offset > self._furthest:
            self._furthest = offset
            self._pause = FIRST_PAUSE
            self._broken_since = None

    def call(self, request: Callable[[], T]) -> T:
        """What `request` returns, asked again while it is interrupted. Raises Interrupted, ClientGone."""
        while True:
            try:
                return request()
            except Interrupted as error:
                self.wait(error)

    def wait(self, error: Interrupted) -> None:
        """Sleep before the next try. Raises `error` when there is to be none, ClientGone when stopped meanwhile."""
        now = time.monotonic()
        self._broken_since = now if self._broken_since is None else self._broken_since
        left = self._broken_since + self._seconds - now
        if not self._met.is_set() or left <= 0:
            raise error
        if self._stopped.wait(min(max(self._pause, error.pause), left)):
            raise ClientGone
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
