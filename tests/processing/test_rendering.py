"""What comes out of a recipe: real files through the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import pyvips
from tests.processing.conftest import as_descriptor, sandbox

from mediaworks.errors import InvalidRecipe, UnsupportedType
from mediaworks.processing import ProcessingConfig, Rendered, Renderer, Rendition, Results, Source
from mediaworks.processing.image.operations import read as read_operations
from mediaworks.processing.image.outputs import read as read_output


def photo(width: int, height: int) -> bytes:
    ramp = pyvips.Image.xyz(width, height)
    image = ramp[0] * 255 / width
    return bytes(
        image.bandjoin([ramp[1] * 255 / height, 128]).cast("uchar").copy(interpretation="srgb").jpegsave_buffer()
    )


def rendered(content: bytes, mime: str, *wanted: dict[str, Any], **limits: Any) -> list[tuple[Rendered, Any]]:
    """Each of `wanted` ({operations, output}) and the picture that it became."""
    renditions = [
        Rendition(read_output(recipe.get("output", {})), read_operations(recipe.get("operations", [])))
        for recipe in wanted
    ]
    return asyncio.run(_rendered(content, mime, renditions, ProcessingConfig(**limits)))


async def _rendered(
    content: bytes, mime: str, renditions: Sequence[Rendition], limits: ProcessingConfig
) -> list[tuple[Rendered, Any]]:
    async with sandbox() as pool:
        with as_descriptor(content) as descriptor:
            source = Source(descriptor=descriptor, mime=mime)
            async with Renderer(pool, limits).render(source, renditions) as results:
                return [(one, await _picture(results, one)) for one in results.rendering.renditions]


async def _picture(results: Results, one: Rendered) -> Any:
    return pyvips.Image.new_from_buffer(b"".join([piece async for piece in results.read(one)]), "")


def test_several_pictures_come_out_of_one_decode() -> None:
    sizes = [{"operations": [{"type": "resize", "width": width}], "output": {"format": "webp"}} for width in (320, 160)]
    made = rendered(photo(800, 600), "image/jpeg", *sizes)
    assert [(one.width, one.height, one.mime) for one, _ in made] == [
        (320, 240, "image/webp"), (160, 120, "image/webp"),
    ]  # fmt: skip
    assert [(image.width, image.height) for _, image in made] == [(320, 240), (160, 120)]


def test_without_a_format_the_picture_keeps_its_own() -> None:
    ((one, image),) = rendered(
        photo(80, 60), "image/jpeg", {"operations": [{"type": "flip", "direction": "horizontal"}]}
    )
    assert (one.mime, one.extension, image.width) == ("image/jpeg", "jpg", 80)


def test_a_step_that_does_not_fit_the_picture_is_named() -> None:
    crop = {"operations": [{"type": "crop", "x": 100, "y": 0, "width": 10, "height": 10}]}
    with pytest.raises(InvalidRecipe, match="80×60") as refusal:
        rendered(photo(80, 60), "image/jpeg", crop)
    assert (refusal.value.facts["field"], refusal.value.facts["limit"]) == ("operations[0].width", 0)


def test_what_would_be_too_large_is_not_made() -> None:
    larger = {"type": "resize", "width": 20_000, "height": 20_000, "enlarge": True, "fit": "force"}
    with pytest.raises(InvalidRecipe, match="1 million are allowed"):
        rendered(photo(80, 60), "image/jpeg", {"operations": [larger]}, max_output_pixels=1_000_000)


def test_only_pictures_are_rendered_as_pictures() -> None:
    with pytest.raises(UnsupportedType):
        rendered(b"ID3", "audio/mpeg", {})
