"""Searches for a quality, on encoders that are made up."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from mediaworks.processing.image.quality.budget import Made, best_within
from mediaworks.processing.image.quality.search import HIGHEST, LOWEST, TRIES, lowest_quality

SLOPES = st.floats(0.3, 1.2)


@given(target=st.floats(40, 95), slope=SLOPES, top=st.floats(80, 100), start=st.integers(60, 90))
def test_the_quality_found_is_good_enough_in_six_tries(target: float, slope: float, top: float, start: int) -> None:
    asked: list[int] = []

    def score(quality: int) -> float:
        asked.append(quality)
        return top - slope * (100 - quality) - 40 * math.exp(-quality / 6)

    found = lowest_quality(score, target, start)
    assert len(asked) <= TRIES
    assert found.score == score(found.quality)
    if score(HIGHEST) >= target:
        assert found.score >= target
    if len(asked) < TRIES:
        assert found.quality in {LOWEST, HIGHEST} or score(found.quality - 2) < target or found.score <= target + 1


@given(start=st.integers(10, 90))
def test_when_no_quality_is_good_enough_the_highest_is_taken(start: int) -> None:
    assert lowest_quality(lambda quality: quality / 10, 90, start).quality >= 90


@given(dent=st.integers(5, 98), target=st.floats(40, 90))
def test_a_dent_in_the_scores_never_makes_the_result_too_bad(dent: int, target: float) -> None:
    found = lowest_quality(lambda quality: quality - (6.0 if quality == dent else 0.0), target, 80)
    assert found.score >= target


@given(
    base=st.integers(500, 50_000),
    growth=st.floats(0.005, 0.08),
    first=st.integers(20, 100),
    share=st.floats(0.01, 0.99),
)
def test_a_budget_is_kept_whenever_it_can_be_and_well_used(base: int, growth: float, first: int, share: float) -> None:
    asked: list[int] = []

    def encode(quality: int) -> bytes:
        asked.append(quality)
        return bytes(int(base * math.exp(growth * quality)))

    largest = encode(first)
    limit = max(1, int(len(largest) * share))
    made = best_within(encode, limit, Made(first, largest))
    assert len(asked) <= 9
    if len(encode(5)) <= limit:
        assert len(made.data) <= limit
        better = encode(made.quality + 3)
        assert len(better) > limit or len(made.data) > 0.9 * limit
    else:
        assert len(made.data) <= len(largest)
