"""Many sightings of one face are one face, those of two stay two."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.processing.faces.merging import SAME, merged, shared

numbers = st.floats(-100, 2000)
lengths = st.floats(1, 500)


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    width: float
    height: float
    score: float = 0.9


boxes = st.builds(Box, numbers, numbers, lengths, lengths, st.floats(0, 1))


def test_a_part_of_a_face_that_a_tile_cut_off_is_that_face() -> None:
    whole, part = Box(100, 100, 80, 80, 0.9), Box(140, 100, 40, 80, 0.7)
    assert merged([part, whole]) == [whole]


def test_faces_beside_each_other_are_two() -> None:
    pair = [Box(100, 100, 80, 80, 0.9), Box(170, 100, 80, 80, 0.8)]
    assert merged(pair) == pair


@given(st.lists(boxes, max_size=12))
def test_what_stays_is_apart_and_what_goes_is_covered_by_something_surer(seen: list[Box]) -> None:
    kept = merged(seen)
    assert all(shared(one, other) < SAME for one in kept for other in kept if one is not other)
    for box in seen:
        assert any(other is box or (shared(box, other) >= SAME and other.score >= box.score) for other in kept)


@given(boxes, boxes)
def test_what_two_boxes_share_is_a_share(one: Box, other: Box) -> None:
    assert 0 <= shared(one, other) <= 1 + 1e-9
    assert shared(one, other) == pytest.approx(shared(other, one))
