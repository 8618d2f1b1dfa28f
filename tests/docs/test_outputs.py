"""What the page about outputs shows can be asked for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mediaworks.processing.image import operations
from mediaworks.processing.image.outputs import read
from mediaworks.processing.image.outputs.base import LEVELS

PAGE = Path(__file__).parents[2] / "docs" / "outputs.md"
SAMPLES = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_is_a_recipe(sample: str) -> None:
    recipe = json.loads(sample)
    read(recipe.get("output", {}))
    operations.read(recipe.get("operations", []))


def test_the_named_similarities_are_told() -> None:
    for name, score in LEVELS.items():
        assert f"`{name}` {score:g}" in PAGE.read_text()
