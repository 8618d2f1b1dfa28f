"""From which file a picture is rendered, and that nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import pyvips
from tests.media.test_masters import PHOTO

from mediaworks.processing import Rendition, read_operations, read_output
from mediaworks.testing import media
from mediaworks.testing.likeness import ssim
from mediaworks.transformations.sources import Chosen, source_for

SMALL = {"type": "resize", "width": 512}


def chosen(*operations: dict[str, Any], **output: Any) -> Chosen:
    return source_for(PHOTO, read_operations(list(operations)), [Rendition(read_output(output))])


def test_a_small_picture_is_cut_from_the_smallest_master_that_will_do() -> None:
    found = chosen(SMALL)
    assert (found.storage_key, found.mime_type, found.size) == ("master-1500", "image/jpeg", (6000, 4000))


def test_what_is_left_to_the_source_goes_by_the_original() -> None:
    (rendition,) = chosen(SMALL).renditions
    assert rendition.output.mime == PHOTO.mime_type


@pytest.mark.parametrize(
    ("operations", "output"),
    [
        ([{"type": "resize", "width": 4000}], {}),
        ([{"type": "grayscale"}], {}),
        ([{"type": "crop", "gravity": "attention", "ratio": "1:1"}, SMALL], {}),
        ([{"type": "crop", "gravity": "face", "ratio": "1:1"}, SMALL], {}),
        ([SMALL, {"type": "blur_areas", "faces": True}], {}),
        ([SMALL, {"type": "compress", "mode": "lossless"}], {"format": "webp"}),
        ([SMALL], {"format": "webp", "lossless": True}),
        ([SMALL], {"format": "png"}),
        ([SMALL], {"keep": ["copyright"]}),
        ([SMALL], {"profile": "p3"}),
        ([SMALL], {"format": "avif", "bit_depth": 10}),
    ],
    ids=str,
)
def test_what_a_master_has_lost_comes_from_the_original(
    operations: list[dict[str, Any]], output: dict[str, Any]
) -> None:
    found = chosen(*operations, **output)
    assert (found.storage_key, found.size) == ("original", None)


def test_all_of_several_renditions_have_to_allow_it() -> None:
    wanted = [Rendition(read_output({"format": kind}), read_operations([SMALL])) for kind in ("webp", "png")]
    assert source_for(PHOTO, (), wanted).storage_key == "original"
    assert source_for(PHOTO, (), wanted[:1]).storage_key == "master-1500"


def test_places_in_a_recipe_are_those_of_the_original(
    client: httpx.Client, ready: Callable[[str], dict[str, Any]]
) -> None:
    photo = media.photo(2600, 1800)
    media_id = client.post("/api/v1/media/upload", files={"file": ("a.jpg", photo)}).json()["id"]
    ready(media_id)
    recipe = [{"type": "crop", "x": 1300, "y": 900, "width": 1200, "height": 800}, {"type": "resize", "width": 60}]
    body = {"operations": recipe, "output": {"format": "jpeg", "quality": 95}, "mode": "sync"}
    answer = client.post(f"/api/v1/process/{media_id}", json=body)
    direct = pyvips.Image.new_from_buffer(photo, "").crop(1300, 900, 1200, 800).resize(60 / 1200)
    made = pyvips.Image.new_from_buffer(answer.content, "")
    assert (made.width, made.height) == (60, 40)
    assert ssim(made, direct) >= 0.95
