"""What is counted as work: megapixels read, changed and written."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mediaworks.errors import InvalidRecipe
from mediaworks.media import Media
from mediaworks.transformations.recipe import read_recipe
from mediaworks.transformations.work import megapixels_of, refuse_too_large

THUMBNAIL = {"type": "resize", "width": 1000, "height": 500, "fit": "force"}


def picture(width: int | None = 4000, height: int | None = 3000, mime: str = "image/jpeg") -> Media:
    blank = dict.fromkeys(Media.__struct_fields__)
    return msgspec.convert(
        blank
        | {
            "id": "0190f0c0-0000-7000-8000-000000000000", "user_id": "0190f0c0-0000-7000-8000-000000000000",
            "status": "active", "kind": "image", "original_name": "a", "mime_type": mime, "extension": "jpg",
            "size_bytes": 1, "sha256": "", "storage_key": "", "width": width, "height": height, "metadata": {},
            "visibility": "private", "tags": [], "processing_status": "ready", "version": 1, "view_count": 0,
            "download_count": 0, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
            "variants": [], "access": "owner",
        },
        Media,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("operations", "output", "megapixels"),
    [
        ([], {"format": "jpeg"}, 12 + 12),
        ([THUMBNAIL], {"format": "jpeg"}, 12 + 0.5 + 0.5),
        ([THUMBNAIL, {"type": "blur", "sigma": 2}], {"format": "jpeg"}, 12 + 0.5 + 0.5 + 0.5),
        ([THUMBNAIL], {"format": "avif"}, 12 + 0.5 + 25 * 0.5),
        ([THUMBNAIL], {"format": "webp", "quality": "auto"}, 12 + 0.5 + 6 * 4 * 0.5),
        ([THUMBNAIL, {"type": "compress", "max_bytes": 9000}], {}, 12 + 0.5 + 0.5 + 6 * 0.5),
        ([{"type": "crop", "x": 0, "y": 0, "width": 1000, "height": 1000}], {}, 12 + 1 + 1),
        ([{"type": "pad", "left": 1000}], {}, 12 + 15 + 15),
        ([{"type": "extend", "width": 5000, "height": 4000}], {}, 12 + 20 + 20),
        ([{"type": "resize", "width": 2000, "height": 2000, "fit": "cover"}], {}, 12 + 4 + 4),
    ],
)
def test_what_is_read_changed_and_written_is_counted(
    operations: list[Any], output: dict[str, Any], megapixels: float
) -> None:
    assert megapixels_of(picture(), read_recipe(operations, output)) == pytest.approx(megapixels)


def test_a_turned_picture_is_as_large_as_the_box_around_it() -> None:
    turned = read_recipe([{"type": "rotate", "angle": 45}], {"format": "jpeg"})
    assert megapixels_of(picture(1000, 1000), turned) == pytest.approx(1 + 2 + 2, rel=0.01)


def test_a_picture_of_unknown_size_counts_nothing() -> None:
    assert megapixels_of(picture(None, None), read_recipe([THUMBNAIL, {"type": "rotate", "angle": 9}], None)) == 0


def test_the_operation_that_makes_too_much_of_a_picture_is_named() -> None:
    large = {"type": "resize", "width": 30_000, "height": 30_000, "fit": "force", "enlarge": True}
    with pytest.raises(InvalidRecipe) as refused:
        refuse_too_large(picture(), read_recipe([{"type": "grayscale"}, large], None), 100_000_000)
    assert refused.value.facts == {"field": "operations[1]", "limit": 100_000_000}
    refuse_too_large(picture(20_000, 15_000), read_recipe([{"type": "grayscale"}], None), 100_000_000)


def test_an_output_that_cannot_be_what_is_wanted_is_refused() -> None:
    lossless = read_recipe([{"type": "compress", "mode": "lossless"}], {"format": "jpeg"})
    with pytest.raises(InvalidRecipe) as refused:
        megapixels_of(picture(), lossless)
    assert refused.value.facts["field"] == "output.format"
