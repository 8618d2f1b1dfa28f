from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.events.webhooks.pauses import LONGEST_WISH, pause_after, wished_pause

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@given(tries=st.integers(1, 100_000))
def test_pauses_double_up_to_the_longest_and_scatter_by_a_quarter(tries: int) -> None:
    exact = min(14400.0, 2.0 ** min(tries - 1, 60))
    assert exact * 0.75 <= pause_after(tries, 1, 14400) <= exact * 1.25


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        (" 0 ", 0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0),
        ("9" * 400, LONGEST_WISH),
        (format_datetime(NOW + timedelta(days=400), usegmt=True), LONGEST_WISH),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_bounded(header: str | None, seconds: float | None) -> None:
    assert wished_pause(header, NOW) == seconds


@given(header=st.text())
def test_no_retry_after_is_too_strange(header: str) -> None:
    wish = wished_pause(header, NOW)
    assert wish is None or 0 <= wish <= LONGEST_WISH
