"""Automatic quality on real encoders and real photos."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pyvips

from mediaworks.processing.image.outputs import Output, read
from mediaworks.processing.image.quality.judging import Judge
from mediaworks.processing.image.quality.search import Found, lowest_quality
from mediaworks.processing.image.quality.similarity import Original

PHOTO = Path(__file__).parents[5] / "shared" / "corpus" / "images" / "orientation_1.jpg"
needs_corpus = pytest.mark.skipif(not PHOTO.exists(), reason="the corpus of real media is not beside this checkout")


def photo() -> Any:
    return pyvips.Image.new_from_file(str(PHOTO)).resize(0.25).copy_memory()


def found(image: Any, output: Output) -> Found:
    judge = Judge.of(image)
    assert judge is not None
    return lowest_quality(partial(judge.score, output.encode), output.target, output.first_try)


@needs_corpus
@pytest.mark.parametrize(("name", "least"), [("jpeg", 0.3), ("webp", 0.15), ("avif", 0.3)])
def test_a_photo_that_looks_the_same_is_much_smaller_than_at_quality_92(name: str, least: float) -> None:
    quick = {"effort": 1} if name == "avif" else {}
    image, output = photo(), read({"format": name, "quality": "auto", **quick}).smallest()
    data = output.encode(image, found(image, output).quality)
    assert len(data) < len(read({"format": name, **quick}).encode(image, 92)) * (1 - least)
    assert len(data) < len(read({"format": "jpeg"}).encode(image, 92)) * 0.7
    assert Original.of(image).score(pyvips.Image.new_from_buffer(data, "")) >= output.target - 2


@needs_corpus
def test_a_higher_target_takes_a_higher_quality() -> None:
    image = photo()
    qualities = [
        found(image, read({"format": "jpeg", "similarity": level})).quality for level in ("low", "good", "high", 88)
    ]
    assert qualities == sorted(set(qualities))
