"""Operations on pictures, each by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import pyvips

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image import operations
from mediaworks.processing.image.operations import Scene
from mediaworks.processing.image.operations.colours import rgba
from mediaworks.processing.image.operations.filters.named import NAMED

WIDTH, HEIGHT = 60, 40
EACH: list[dict[str, Any]] = [
    *({"type": "resize", "width": 20, "height": 20, "fit": fit} for fit in ("fit", "fill", "pad", "outside", "force")),
    {"type": "crop", "ratio": "1:1", "gravity": "attention"},
    {"type": "crop", "x": 5, "y": 5, "width": 20, "height": 10},
    {"type": "rotate", "angle": 33},
    {"type": "flip"},
    {"type": "trim"},
    {"type": "pad", "left": 3, "background": "#f008"},
    {"type": "extend", "width": 80, "height": 80},
    {"type": "round_corners", "radius": 8},
    {"type": "circle"},
    {"type": "mask", "media": "mark"},
    *(
        {"type": name, "amount": 0.5}
        for name in ("brightness", "contrast", "saturation", "sepia", "grayscale", "invert")
    ),
    *({"type": name, "amount": 50} for name in ("temperature", "tint", "vibrance")),
    {"type": "exposure", "stops": 1},
    {"type": "gamma", "value": 2},
    {"type": "hue", "degrees": 90},
    {"type": "tones", "shadows": 50},
    {"type": "levels", "auto": True},
    {"type": "posterise"},
    {"type": "duotone"},
    {"type": "colourise", "colour": "blue"},
    {"type": "flatten"},
    {"type": "blur", "sigma": 2},
    {"type": "sharpen"},
    {"type": "median"},
    {"type": "noise"},
    {"type": "blur_areas", "areas": [{"x": 1, "y": 1, "width": 9, "height": 9}]},
    {"type": "pixelate"},
    {"type": "vignette"},
    {"type": "gradient"},
    {"type": "watermark", "media": "mark", "tile": True},
    {"type": "text", "text": "Aß"},
    {
        "type": "svg",
        "svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='5' height='5'/></svg>",
    },
    {"type": "compress"},
    *({"type": "filter", "name": name} for name in NAMED),
]


def picture(*, alpha: bool) -> Any:
    shades = pyvips.Image.xyz(WIDTH, HEIGHT)
    colours = shades[0].bandjoin([shades[1], (shades[0] + shades[1]) / 2]) * 2.5
    made = colours.bandjoin(shades[0] * 4) if alpha else colours
    return made.cast("uchar").copy(interpretation="srgb")


def scene() -> Scene:
    return Scene({"mark": picture(alpha=True).crop(0, 0, 9, 7)})


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("wanted", EACH, ids=lambda wanted: "-".join(map(str, wanted.values()))[:40])
def test_an_operation_makes_a_picture_of_eight_bits_in_srgb(wanted: dict[str, Any], alpha: bool) -> None:
    (operation,) = operations.read([wanted])
    made = operation.apply(picture(alpha=alpha), scene()).copy_memory()
    assert (made.format, made.interpretation, made.bands in {3, 4}) == ("uchar", "srgb", True)


def test_every_operation_of_the_table_is_tried() -> None:
    tags = {operation.__struct_config__.tag for operation in operations.OPERATIONS}
    assert tags == {wanted["type"] for wanted in EACH}


def numbers_in(schema: Any, definitions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if isinstance(schema, list):
        for one in schema:
            yield from numbers_in(one, definitions)
    elif isinstance(schema, dict):
        if schema.get("type") in {"number", "integer"}:
            yield schema
        parts = [schema.get(name) for name in ("anyOf", "items", "prefixItems")]
        parts += [*schema.get("properties", {}).values(), definitions.get(schema.get("$ref", "").rpartition("/")[2])]
        yield from numbers_in([part for part in parts if part], definitions)


@pytest.mark.parametrize("kind", operations.OPERATIONS, ids=lambda kind: kind.__name__)
def test_every_number_of_an_operation_has_its_unit_and_its_limits_in_the_schema(kind: Any) -> None:
    (reference,), definitions = msgspec.json.schema_components([kind])
    for number in numbers_in(reference, definitions):
        assert {"minimum", "exclusiveMinimum"} & number.keys()
        assert {"maximum", "exclusiveMaximum"} & number.keys()
        assert number["description"]


def test_operations_can_be_read_where_no_decoder_may_be_loaded() -> None:
    code = "import sys, mediaworks.processing.image.operations; sys.exit('pyvips' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"type": "melt"}, "melt"),
        ({"type": "resize"}, "width or height"),
        ({"type": "resize", "width": 0}, "width"),
        ({"type": "resize", "width": 70_000}, "width"),
        ({"type": "blur", "sigma": -1}, "sigma"),
        ({"type": "crop", "x": -1, "width": 5, "height": 5}, "x"),
        ({"type": "filter", "name": "unheard"}, "name must be one of 1977"),
        ({"type": "blur", "sigma": 2, "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name(wanted: dict[str, Any], told: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=told):
        operations.read([wanted])


def test_a_crop_outside_the_picture_says_how_large_it_is() -> None:
    (crop,) = operations.read([{"type": "crop", "x": 50, "y": 0, "width": 20, "height": 20}])
    with pytest.raises(InvalidRecipe, match="60×40"):
        crop.apply(picture(alpha=False), scene())


def test_a_filter_of_no_strength_changes_nothing() -> None:
    (nothing,) = operations.read([{"type": "filter", "name": "toaster", "strength": 0}])
    base = picture(alpha=False)
    assert (nothing.apply(base, scene()) - base).abs().max() == 0


@pytest.mark.parametrize(
    ("text", "levels"), [("#f00", (255, 0, 0, 255)), ("#00ff0080", (0, 255, 0, 128)), ("teal", (0, 128, 128, 255))]
)
def test_colours_are_read_as_people_write_them(text: str, levels: tuple[int, ...]) -> None:
    assert rgba(text) == levels
