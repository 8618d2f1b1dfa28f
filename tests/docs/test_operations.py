"""The pages about operations are what the operations say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediaworks.processing import Kind
from mediaworks.transformations.reference import PAGES, page

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("kind", PAGES)
def test_the_page_is_what_the_generator_writes(kind: Kind) -> None:
    assert (DOCS / PAGES[kind]).read_text("utf-8") == page(kind), f"{PAGES[kind]} is not up to date: run `make docs`"
