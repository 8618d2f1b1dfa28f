"""Sizes that people write and read, moments that callers name, names in headers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.errors import Invalid
from mediaworks.kit.headers import content_disposition
from mediaworks.kit.moments import in_utc
from mediaworks.kit.quantities import Bytes, readable_size


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1048576", 1 << 20),
        ("64k", 64 << 10),
        ("1.5 MiB", 3 << 19),
        (" 20 GiB ", 20 << 30),
        ("2tb", 2 << 40),
        ("7b", 7),
    ],
)
def test_a_size_is_read_with_its_unit(text: str, count: int) -> None:
    assert Bytes.parse(text) == count


@pytest.mark.parametrize("text", ["", "GiB", "-1", "1e3", "1,5 MiB", "1 GiB 2", "0x10", "1 ZiB", "nan", "१ k\n1"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        Bytes.parse(text)


@given(st.integers(0, 10**15))
def test_a_size_that_is_shown_is_near_the_true_one(count: int) -> None:
    shown = readable_size(count)
    read = Bytes.parse(shown.replace(" bytes", ""))
    assert abs(read - count) <= count * 0.001


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-23, 23))
def test_a_moment_stays_the_same_in_utc(moment: datetime, hours: int) -> None:
    named = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    found = in_utc(named, "since")
    assert found == named
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 1, 1), datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))],
    ids=["without a zone", "after the last year"],
)
def test_a_moment_that_cannot_be_names_its_field(moment: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        in_utc(moment, "since")
    assert refused.value.facts["field"] == "since"


@given(st.text(max_size=80), st.booleans())
def test_no_name_of_a_file_splits_a_header_or_ends_its_quotes(name: str, inline: bool) -> None:
    header = content_disposition(name, inline=inline)
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith("inline; " if inline else "attachment; ")
    plain = header.partition('filename="')[2].partition('"')[0]
    assert len(plain) == len(name)
    assert ("filename*=UTF-8''" in header) == (plain != name)
