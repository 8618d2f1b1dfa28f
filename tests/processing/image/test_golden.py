"""Every operation makes of one picture what it made when somebody last looked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.processing.image import golden

from mediaworks.processing.image.operations import OPERATIONS
from mediaworks.processing.image.operations.filters.named import NAMED

pytestmark = pytest.mark.long

TABLE: dict[str, dict[str, Any]] = json.loads(golden.TABLE.read_text())
BITS, LEVELS = 4, 2.0


@pytest.mark.parametrize("recipe", TABLE)
def test_an_operation_makes_what_it_made_before(recipe: str) -> None:
    known, found = TABLE[recipe], golden.measured(golden.made(json.loads(recipe)))
    assert found["size"] == known["size"]
    assert (int(found["hash"], 16) ^ int(known["hash"], 16)).bit_count() <= BITS
    assert found["means"] == pytest.approx(known["means"], abs=LEVELS)


def test_every_operation_and_every_filter_has_its_row() -> None:
    rows = [json.loads(recipe) for recipe in TABLE]
    assert {row["type"] for row in rows} == {operation.__struct_config__.tag for operation in OPERATIONS}
    assert {row["name"] for row in rows if row["type"] == "filter"} == set(NAMED)


def test_no_two_filters_make_the_same() -> None:
    means = [tuple(known["means"]) for recipe, known in TABLE.items() if json.loads(recipe).get("type") == "filter"]
    assert len(set(means)) == len(means)
