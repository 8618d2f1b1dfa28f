"""What is laid over a picture: other pictures, drawings, masks."""

from __future__ import annotations

from typing import Any

import pytest
import pyvips
from tests.processing.image.conftest import Json, Render

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations.layers.drawing import refuse_programs


def plain(width: int, height: int, *colour: float) -> bytes:
    made = (pyvips.Image.black(width, height, bands=len(colour)).linear(1, list(colour))).cast("uchar")
    return bytes(made.copy(interpretation="srgb").write_to_buffer(".png"))


GROUND, MARK = plain(200, 100, 60, 60, 60), plain(20, 10, 255, 0, 0)


def laid(render: Render, **options: Any) -> Any:
    recipe: Json = {"type": "watermark", "media": "mark", **options}
    return render(GROUND, "image/png", [recipe], assets={"mark": MARK}).picture()


def box(shown: Any) -> list[int]:
    return [int(side) for side in shown.find_trim(threshold=20, background=60)]


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({}, [180, 90, 20, 10]),
        ({"gravity": "north_west", "offset_x": 7, "offset_y": 3}, [7, 3, 20, 10]),
        ({"gravity": "south_east", "offset_x": 7, "offset_y": 3}, [173, 87, 20, 10]),
        ({"gravity": "center", "ratio": 0.5}, [50, 25, 100, 50]),
        ({"gravity": "north_east", "offset_x": -10}, [190, 0, 10, 10]),
        ({"tile": True, "gap": 30}, [0, 0, 170, 90]),
    ],
)
def test_a_watermark_lies_where_it_should(render: Render, options: Json, place: list[int]) -> None:
    assert box(laid(render, **options)) == place


def test_a_watermark_is_never_larger_than_the_picture(render: Render) -> None:
    made = render(
        GROUND, "image/png", [{"type": "watermark", "media": "mark"}], assets={"mark": plain(900, 900, 255, 0, 0)}
    )
    assert (made.first.width, made.first.height, box(made.picture())[2:]) == (200, 100, [100, 100])


@pytest.mark.parametrize(
    ("options", "colour"),
    [
        ({"opacity": 0.5}, [158, 30, 30]),
        ({"blend": "multiply"}, [60, 0, 0]),
        ({"blend": "screen"}, [255, 60, 60]),
        ({"blend": "difference"}, [195, 60, 60]),
    ],
)
def test_a_watermark_mixes_with_what_lies_under_it(render: Render, options: Json, colour: list[int]) -> None:
    assert laid(render, **options)(190, 95)[:3] == pytest.approx(colour, abs=2)


def test_several_layers_lie_one_above_the_other(render: Render) -> None:
    steps: list[Json] = [
        {"type": "watermark", "media": "mark", "gravity": "center"},
        {"type": "watermark", "media": "other", "gravity": "center"},
        {"type": "watermark", "media": "bundled:copyright", "gravity": "west", "ratio": 0.2},
    ]
    made = render(GROUND, "image/png", steps, assets={"mark": MARK, "other": plain(10, 4, 0, 0, 255)}).picture()
    assert [made(100, 50)[:3], made(92, 50)[:3]] == [[0, 0, 255], [255, 0, 0]]
    assert made.crop(0, 30, 40, 40).max() == 255


def test_what_comes_along_has_a_name(render: Render) -> None:
    with pytest.raises(InvalidRecipe, match="bundled:copyright, bundled:play") as refusal:
        render(GROUND, "image/png", [{"type": "watermark", "media": "bundled:unheard"}])
    assert refusal.value.facts["field"] == "operations[0].media"


def test_a_layer_that_is_no_picture_is_named(render: Render) -> None:
    with pytest.raises(InvalidRecipe, match="media: mark"):
        render(GROUND, "image/png", [{"type": "watermark", "media": "mark"}], assets={"mark": b"nothing"})


def test_a_mask_shows_what_is_light_in_it(render: Render) -> None:
    half = pyvips.Image.new_from_buffer(plain(10, 10, 255, 255, 255), "").draw_rect(0, 0, 0, 5, 10, fill=True)
    assets = {"half": bytes(half.write_to_buffer(".png"))}
    for invert, shown in ((False, [0, 255]), (True, [255, 0])):
        made = render(
            GROUND, "image/png", [{"type": "mask", "media": "half", "invert": invert}], assets=assets
        ).picture()
        assert [made(5, 50)[3], made(195, 50)[3]] == shown


SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='40' height='20'>{}</svg>"
)


def test_a_drawing_is_laid_over_the_picture_sharp_at_any_size(render: Render) -> None:
    drawing = SVG.format(
        "<defs><linearGradient id='g'><stop stop-color='#fc0'/></linearGradient></defs>"
        "<style>rect{stroke:none}</style><rect width='40' height='20' fill='url(#g)'/><use href='#nothing'/>"
    )
    recipe: Json = {"type": "svg", "svg": drawing, "gravity": "north_west", "ratio": 0.5}
    shown = render(GROUND, "image/png", [recipe]).picture()
    assert box(shown) == [0, 0, 100, 50]
    assert shown(50, 48)[:3] == [255, 204, 0]


@pytest.mark.parametrize(
    ("svg", "told"),
    [
        (SVG.format("<script>alert(1)</script>"), "<script>"),
        (SVG.format("<rect onclick='x()'/>"), "onclick"),
        (SVG.format("<image href='file:///etc/passwd'/>"), "<image>"),
        (SVG.format("<image href='data:image/png;base64,AAAA'/>"), "<image>"),
        (SVG.format("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>"), "<foreignobject>"),
        (SVG.format("<use xlink:href='http://example.org/x.svg#a'/>"), "href"),
        (SVG.format("<use href='  other.svg#a'/>"), "href"),
        (SVG.format("<a href='javascript:alert(1)'/>"), "href"),
        (SVG.format("<rect fill='url(http://example.org/p.svg#a)'/>"), "fill"),
        (SVG.format("<rect style='fill:URL( \"file:///a#b\" )'/>"), "style"),
        (SVG.format("<rect style='fill:u\\72l(http://a/)'/>"), "style"),
        (SVG.format("<style>@import 'http://example.org/a.css';</style>"), "style"),
        (SVG.format("<style>@imp<![CDATA[ort]]> 'a.css';</style>"), "style"),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG.format("<text>&a;</text>"), "document types"),
        ("<?xml-stylesheet href='http://example.org/a.css'?>" + SVG.format(""), "processing instructions"),
        (SVG.format("<g>" * 200 + "</g>" * 200), "within each other"),
        (SVG.format("<g/>" * 10_001), "10000 elements"),
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", "begins with <html>"),
        ("<svg", "not well formed"),
        ("no xml at all", "not well formed"),
    ],
)  # fmt: skip
def test_programs_and_links_in_a_drawing_are_refused(svg: str, told: str) -> None:
    with pytest.raises(InvalidRecipe, match=told) as refusal:
        refuse_programs(svg)
    assert refusal.value.facts["field"] == "svg"


def test_a_drawing_without_a_size_or_content_does_no_harm(render: Render) -> None:
    nothing = "<svg xmlns='http://www.w3.org/2000/svg'/>"
    with pytest.raises(InvalidRecipe) as refusal:
        render(GROUND, "image/png", [{"type": "svg", "svg": nothing}])
    assert refusal.value.facts["field"].startswith("operations[0]")
