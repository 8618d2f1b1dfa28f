"""How far a job is, and when a failed one is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.errors import Invalid, NotFound, TimedOut, TooManyTries, Unavailable
from mediaworks.jobs import Job, State
from mediaworks.jobs.retrying import LONGEST_PAUSE, pause_after

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def job(**facts: Any) -> Job:
    usual: dict[str, Any] = dict.fromkeys(
        ("ticket", "user_id", "subject", "lock", "dedup", "fraction", "stage", "result", "error", "total", "started_at",
         "finished_at")
    )  # fmt: skip
    counts: dict[str, Any] = dict.fromkeys(("priority", "attempts", "failures", "done", "failed"), 0)
    moments: dict[str, Any] = {"created_at": BEGAN, "updated_at": BEGAN}
    named: dict[str, Any] = {"id": UUID(int=1), "queue": "probe", "task": "t", "arguments": {}, "state": State.RUNNING}
    return Job(**(usual | counts | moments | named | facts))


@given(st.integers(1, 1000), st.data())
def test_the_share_of_a_batch_is_that_of_its_items(total: int, data: st.DataObject) -> None:
    done = data.draw(st.integers(0, total))
    failed = data.draw(st.integers(0, total - done))
    share = job(total=total, done=done, failed=failed, fraction=0.9).share
    assert share == (done + failed) / total


def test_what_went_well_is_done_whatever_was_said_last() -> None:
    assert job(state=State.SUCCEEDED, fraction=0.4).share == 1
    assert job(state=State.FAILED, fraction=0.4).share == 0.4


@pytest.mark.parametrize(
    "facts",
    [{}, {"fraction": 0.0}, {"fraction": 0.5}, {"state": State.QUEUED, "fraction": 0.5, "started_at": BEGAN}],
    ids=["nothing told", "nothing done", "not begun", "queued again"],
)
def test_nobody_knows_how_long_it_takes(facts: dict[str, Any]) -> None:
    assert job(**facts).eta_seconds is None


def test_the_rest_is_expected_to_go_as_what_is_done() -> None:
    since = datetime.now(UTC) - timedelta(seconds=100)
    assert job(fraction=0.25, started_at=since).eta_seconds == pytest.approx(300, abs=5)


@pytest.mark.parametrize("error", [Invalid("x"), NotFound("x"), TimedOut("x")])
def test_a_refusal_is_not_tried_again(error: Exception) -> None:
    assert pause_after(error, 1) is None


@given(st.integers(1, 10_000), st.sampled_from([Unavailable("away"), OSError("broken"), RuntimeError("?")]))
def test_pauses_grow_to_a_limit(failures: int, error: Exception) -> None:
    pause = pause_after(error, failures)
    assert pause is not None
    assert 0.75 <= pause <= LONGEST_PAUSE * 1.25
    later = pause_after(error, failures + 1)
    assert later is not None
    assert later >= min(pause, LONGEST_PAUSE * 0.75)


def test_what_was_asked_to_wait_waits() -> None:
    pause = pause_after(TooManyTries("slow down", retry_after=900), 1)
    assert pause is not None
    assert pause >= 900
