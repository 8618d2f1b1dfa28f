"""Pages of lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.errors import Invalid
from mediaworks.kit.paging import page_of, require_between


@given(st.lists(st.integers(), unique=True, max_size=60), st.integers(1, 7))
def test_pages_hold_everything_once_and_in_order(everything: list[int], limit: int) -> None:
    seen: list[int] = []
    cursor: int | None = None
    while True:
        start = 0 if cursor is None else everything.index(cursor) + 1
        items, cursor = page_of(everything[start : start + limit + 1], limit, int)
        seen.extend(items)
        if cursor is None:
            break
        assert len(items) == limit
    assert seen == everything


@given(st.integers(), st.integers(0, 1), st.integers(1, 1000))
def test_what_lies_outside_is_refused_with_the_bounds(given_number: int, least: int, most: int) -> None:
    if least <= given_number <= most:
        require_between("limit", given_number, most, least=least)
        return
    with pytest.raises(Invalid) as refused:
        require_between("limit", given_number, most, least=least)
    assert refused.value.facts == {"field": "limit", "limit": most}
    assert f"between {least} and {most}" in refused.value.detail
