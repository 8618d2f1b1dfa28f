"""No file is larger than it may be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.processing.image.outputs.conftest import Write

from mediaworks.errors import InvalidRecipe
from mediaworks.testing import media

PHOTO = media.photo(200, 150)
FORMATS: list[dict[str, Any]] = [
    {"format": "jpeg"},
    {"format": "jpeg", "quality": 95, "progressive": True},
    {"format": "jpeg", "quality": "auto"},
    {"format": "webp", "effort": 2},
    {"format": "webp", "lossless": True, "effort": 0},
    {"format": "avif", "effort": 0},
    {"format": "png"},
    {"format": "tiff"},
    {"format": "gif", "effort": 1},
]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(output=st.sampled_from(FORMATS), limit=st.integers(1000, 20_000))
def test_a_file_that_may_shrink_never_exceeds_its_budget(write: Write, output: dict[str, Any], limit: int) -> None:
    file = write(PHOTO, "image/jpeg", {**output, "max_bytes": limit, "shrink": True})
    assert len(file.data) == file.told.size_bytes <= limit
    assert (file.image.width, file.image.height) == (file.told.width, file.told.height)
    assert abs(file.told.width * 3 - file.told.height * 4) <= 8  # the shape stays, as far as whole pixels can


@pytest.mark.parametrize("name", ["jpeg", "webp", "avif"])
def test_quality_gives_way_and_pixels_stay(write: Write, name: str) -> None:
    usual = write(PHOTO, "image/jpeg", {"format": name})
    limit = len(usual.data) * 2 // 3
    file = write(PHOTO, "image/jpeg", {"format": name, "max_bytes": limit})
    assert (file.told.width, file.told.height) == (200, 150)
    assert file.told.quality is not None
    assert usual.told.quality is not None
    assert file.told.quality < usual.told.quality
    assert limit * 0.8 <= len(file.data) <= limit


def test_a_budget_that_is_kept_anyway_changes_nothing(write: Write) -> None:
    usual = write(PHOTO, "image/jpeg", {"format": "jpeg"})
    assert write(PHOTO, "image/jpeg", {"format": "jpeg", "max_bytes": len(usual.data)}).data == usual.data


@pytest.mark.parametrize("name", ["jpeg", "png"])
def test_a_budget_out_of_reach_is_refused_with_what_could_be_reached(write: Write, name: str) -> None:
    with pytest.raises(InvalidRecipe, match="shrink") as refusal:
        write(PHOTO, "image/jpeg", {"format": name, "max_bytes": 300})
    facts = refusal.value.facts
    assert (facts["field"], facts["limit"]) == ("output.max_bytes", 300)
    assert facts["smallest"] > 300
    within = write(PHOTO, "image/jpeg", {"format": name, "max_bytes": facts["smallest"]})
    assert len(within.data) <= facts["smallest"]


def test_metadata_counts_as_well(write: Write) -> None:
    source = media.photo_with_camera_data()
    small = write(source, "image/jpeg", {"keep": ["exif"], "max_bytes": 2500})
    assert len(small.data) <= 2500
    assert small.image.get("exif-ifd0-Make").startswith("Acme")
