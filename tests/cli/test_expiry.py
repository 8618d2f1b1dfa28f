from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.cli.key.expiry import parse_expiry
from mediaworks.errors import SetupError

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hours"), [("12h", 12), ("30d", 30 * 24), ("8w", 8 * 7 * 24), ("1y", 365 * 24), ("0d", 0)]
)
def test_a_span_counts_from_now(text: str, hours: int) -> None:
    assert parse_expiry(text, now=NOW) == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("text", ["2027-01-01T00:00:00Z", "2027-01-01T01:00:00+01:00", "2027-01-01"])
def test_a_moment_is_what_it_says_and_utc_without_a_zone(text: str) -> None:
    assert parse_expiry(text, now=NOW) == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "30", "-1d", "1.5d", "999999y", "3O d"])
def test_anything_else_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(SetupError, match=r"--expires: .* such as 30d"):
        parse_expiry(text, now=NOW)


@given(st.text())
def test_no_text_does_anything_else_than_parse_or_be_refused(text: str) -> None:
    with suppress(SetupError):
        assert parse_expiry(text, now=NOW).tzinfo
