"""What the service tells of its operations, and that it is so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import pyvips
from tests.processing.conftest import as_descriptor

from mediaworks.processing import ProcessingConfig, Renderer, Rendition, Sandbox, Source
from mediaworks.testing.media import gradient, image
from mediaworks.testing.service import Service
from mediaworks.transformations.catalogue import Entry, catalogue, filters
from mediaworks.transformations.examples import PICTURE
from mediaworks.transformations.recipe import read_recipe

NOT_EVERYWHERE = {"heif", "jxl"}  # builds of libvips differ
EVERYWHERE = [entry for entry in catalogue().outputs if entry.name not in NOT_EVERYWHERE]
JPEG = {"format": "jpeg", "quality": 90}

Engine = Callable[[list[dict[str, Any]], dict[str, Any]], Any]


def source() -> bytes:
    """A PNG of 320×200 within a border of one colour, half of it half transparent."""
    shade = gradient(280, 160).embed(20, 20, 320, 200, extend="background", background=[200, 30, 90])
    alpha = (pyvips.Image.xyz(320, 200)[0] < 160).ifthenelse(255, 128).cast("uchar")
    return bytes(shade.bandjoin(alpha).copy(interpretation="srgb").pngsave_buffer())


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Does operations to `source` behind the walls, and opens the picture that comes out."""
    loop, config = asyncio.new_event_loop(), ProcessingConfig(decoders=1)
    pool = Sandbox(config)
    loop.run_until_complete(pool.start())

    async def run(operations: list[dict[str, Any]], output: dict[str, Any]) -> Any:
        recipe = read_recipe(operations, output)
        with as_descriptor(source()) as descriptor, as_descriptor(image(".png", 50, 40)) as other:
            picture = Source(descriptor=descriptor, mime="image/png")
            rendition = Rendition(recipe.output, recipe.operations)
            async with Renderer(pool, config).render(picture, [rendition], assets={PICTURE: other}) as results:
                (made,) = results.rendering.renditions
                return pyvips.Image.new_from_buffer(b"".join([piece async for piece in results.read(made)]), "")

    yield lambda operations, output: loop.run_until_complete(run(operations, output))
    loop.run_until_complete(pool.close())
    loop.close()


@pytest.mark.parametrize("entry", catalogue().operations, ids=lambda entry: entry.name)
def test_the_example_of_an_operation_does_something(engine: Engine, entry: Entry) -> None:
    plain, made = engine([], JPEG), engine([entry.example], JPEG)
    assert (made.width, made.height, bytes(made.write_to_memory())) != (320, 200, bytes(plain.write_to_memory()))


@pytest.mark.parametrize("entry", EVERYWHERE, ids=lambda entry: entry.name)
def test_the_example_of_an_output_is_a_picture(engine: Engine, entry: Entry) -> None:
    made = engine([], entry.example)
    assert (made.width, made.height) == (320, 200)


@pytest.mark.parametrize("entry", [*catalogue().operations, *catalogue().outputs], ids=lambda entry: entry.name)
def test_every_entry_says_what_it_does_and_what_its_parameters_may_be(entry: Entry) -> None:
    assert entry.description
    for parameter in entry.parameters:
        assert parameter.allowed != "anything", parameter.name
        assert parameter.required or "default" in parameter.schema, parameter.name


def test_the_service_tells_all_of_it(service: Service) -> None:
    with httpx.Client(base_url=service.url, trust_env=False) as anybody:
        told = anybody.get("/api/v1/process/operations").json()
        names = anybody.get("/api/v1/process/filters").json()["items"]
    assert [one["name"] for one in told["operations"]] == [entry.name for entry in catalogue().operations]
    blur = next(one for one in told["operations"] if one["name"] == "blur")["parameters"][0]
    assert {name: blur[name] for name in ("name", "required", "default", "allowed")} == {
        "name": "sigma", "required": True, "default": None, "allowed": "number, more than 0, at most 250 (pixels)",
    }  # fmt: skip
    assert blur["schema"] == {"type": "number", "exclusiveMinimum": 0, "maximum": 250, "description": "pixels"}
    assert names == list(filters())
    assert {"juno", "1977", "xpro2"} <= set(names)


def test_the_schema_of_a_recipe_is_whole() -> None:
    schema = catalogue().schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    named = {one["$ref"] for place in ("operations", "output") for one in _choices(schema["properties"][place])}
    assert {f"#/$defs/{name}" for name in schema["$defs"]} >= named
    assert len(named) == len(catalogue().operations) + len(catalogue().outputs)


def _choices(schema: dict[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = schema.get("items", schema)["anyOf"]
    return found
