"""Places in lists of media, as they are handed out and handed back."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.errors import Invalid
from mediaworks.media.listing import Cursor, Sort

VALUES = {
    "created_at": st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)),
    "size_bytes": st.integers(0, 2**62),
    "original_name": st.text(st.characters(codec="utf-8"), max_size=60),
}
CURSORS = st.sampled_from(Sort).flatmap(lambda sort: st.builds(Cursor, st.just(sort), VALUES[sort.column], st.uuids()))


@given(CURSORS)
def test_a_place_comes_back_as_it_was(cursor: Cursor) -> None:
    text = cursor.encode()
    assert text.replace("-", "").replace("_", "").isalnum()
    assert Cursor.decode(text, cursor.sort) == cursor


@given(CURSORS, st.sampled_from(Sort))
def test_a_place_in_another_order_is_none(cursor: Cursor, sort: Sort) -> None:
    if sort is cursor.sort:
        return
    with pytest.raises(Invalid) as refused:
        Cursor.decode(cursor.encode(), sort)
    assert refused.value.facts["field"] == "cursor"


@given(st.text(max_size=60), st.sampled_from(Sort))
def test_what_no_list_has_given_is_refused(text: str, sort: Sort) -> None:
    with pytest.raises(Invalid) as refused:
        Cursor.decode(text, sort)
    assert refused.value.facts["field"] == "cursor"


def test_a_minus_turns_an_order_round() -> None:
    assert {sort.column for sort in Sort} == {"created_at", "size_bytes", "original_name"}
    assert [sort for sort in Sort if sort.descending] == [Sort.NEWEST, Sort.LARGEST, Sort.NAME_REVERSED]


def test_a_place_with_a_value_of_another_kind_is_none() -> None:
    cursor = Cursor(Sort.SMALLEST, "not a number", UUID(int=1))
    with pytest.raises(Invalid):
        Cursor.decode(cursor.encode(), Sort.SMALLEST)
