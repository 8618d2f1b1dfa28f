"""Who is not known cannot fill the log."""

from __future__ import annotations

import pytest

from mediaworks.accounts.audit import flood
from mediaworks.accounts.audit.flood import Flood


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def test_so_many_a_minute_are_told_and_then_how_many_were_not(clock: list[float]) -> None:
    bound = Flood(3)
    assert [bound.pass_over("192.0.2.1") for _ in range(5)] == [0, 0, 0, None, None]
    clock[0] += 60
    assert [bound.pass_over("192.0.2.1") for _ in range(2)] == [2, 0]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        (None, "no address", True),
    ],
)
def test_what_one_customer_has_counts_together(one: str | None, other: str | None, same: bool) -> None:
    bound = Flood(1)
    bound.pass_over(one)
    assert bound.pass_over(other) == (None if same else 0)


def test_from_many_addresses_not_all_are_remembered() -> None:
    bound = Flood(1)
    for number in range(flood.REMEMBERED + 10):
        bound.pass_over(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert bound.pass_over("10.0.0.0") == 0
    assert bound.pass_over("10.0.39.25") is None
