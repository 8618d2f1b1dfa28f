from __future__ import annotations

from threading import Event

import pytest

from mediaworks.cli import patience as module
from mediaworks.cli.asking import Interrupted
from mediaworks.cli.client import Unreachable
from mediaworks.cli.patience import Patience
from mediaworks.errors import ClientGone

BROKEN = Interrupted(Unreachable("The line broke"))


class Clock:
    """Time that passes only in pauses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        self.now += seconds
        return False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def patience(clock: Clock, seconds: float, *, met: bool = True) -> Patience:
    event = Event()
    if met:
        event.set()
    return Patience(seconds, met=event, stopped=clock)  # type: ignore[arg-type]


def failures_borne(patience: Patience) -> int:
    for count in range(1000):
        try:
            patience.wait(BROKEN)
        except Interrupted:
            return count
    raise AssertionError("it never ends")


def test_pauses_grow_and_end_with_the_patience(clock: Clock) -> None:
    failures_borne(patience(clock, 60))
    assert clock.pauses[:4] == [0.2, 0.4, 0.8, 1.6]
    assert max(clock.pauses) <= module.LONGEST_PAUSE
    assert clock.now == pytest.approx(60)


def test_a_service_that_never_answered_is_not_waited_for(clock: Clock) -> None:
    assert failures_borne(patience(clock, 60, met=False)) == 0


def test_progress_renews_the_patience_and_standing_still_does_not(clock: Clock) -> None:
    one = patience(clock, 60)
    failures_borne(one)
    one.saw(10)
    assert failures_borne(one) > 3
    one.saw(10)
    assert failures_borne(one) == 0


def test_the_pause_that_the_service_asks_for_is_kept(clock: Clock) -> None:
    patience(clock, 60).wait(Interrupted(Unreachable(), pause=7))
    assert clock.pauses == [7]


def test_a_stop_ends_the_pause() -> None:
    met, stopped = Event(), Event()
    met.set()
    stopped.set()
    with pytest.raises(ClientGone):
        Patience(60, met=met, stopped=stopped).wait(BROKEN)


def test_a_request_is_repeated_until_it_is_answered(clock: Clock) -> None:
    failures = iter([BROKEN, BROKEN])

    def request() -> str:
        for failure in failures:
            raise failure
        return "here"

    assert patience(clock, 60).call(request) == "here"
