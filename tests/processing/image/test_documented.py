"""The samples of docs/layers.md can be rendered."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.processing.image.conftest import Render

from mediaworks.testing import media

PAGE = (Path(__file__).parents[3] / "docs" / "layers.md").read_text()
SAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_a_sample_can_be_rendered(render: Render, sample: str) -> None:
    made = render(media.image(), "image/jpeg", json.loads(sample)["operations"])
    assert (made.first.width > 0, made.rendering.warnings) == (True, ())


def test_there_is_a_sample() -> None:
    assert SAMPLES
