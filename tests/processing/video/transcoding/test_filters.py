"""Looks on video are those on pictures: every filter, by the colours that an eye would see (CIEDE2000)."""

from __future__ import annotations

import io
from typing import Any

import av
import pytest
import pyvips
from tests.processing.video.transcoding.conftest import MadeFile, Rooms, Studio, filmed

from mediaworks.processing import ffmpeg
from mediaworks.processing.image import operations
from mediaworks.processing.image.operations import Scene
from mediaworks.processing.image.operations.filters.named import NAMED
from mediaworks.processing.image.operations.filters.paint import Plain

LIMIT = 2.0
PICTURE = {"format": "frame", "picture": {"format": "png"}}
LOSSLESS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0")
FILM = "testsrc2=size=112x70:rate=5,gblur=sigma=3,noise=alls=6"

EVEN = tuple(name for name, look in NAMED.items() if all(isinstance(layer.paint, Plain) for layer in look.layers))
PAINTED = tuple(name for name in NAMED if name not in EVEN)


def picture(made: MadeFile) -> Any:
    return pyvips.Image.new_from_buffer(made.content, "")


@pytest.fixture(scope="module")
def film() -> bytes:
    return filmed(FILM, seconds=0.4, tone=None)


@pytest.fixture(scope="module")
def plain(rooms: Rooms, film: bytes) -> Any:
    studio = Studio(*rooms, ffmpeg("").path)
    return picture(studio.one(film, [], PICTURE)).copy_memory()


def apart(studio: Studio, film: bytes, plain: Any, *steps: dict[str, Any]) -> tuple[float, float]:
    """How far the video's frame is from the picture's, and how far the steps move it at all."""
    wanted = plain
    for operation in operations.read([*steps]):
        wanted = operation.apply(wanted, Scene())
    return picture(studio.one(film, [*steps], PICTURE)).dE00(wanted).avg(), wanted.dE00(plain).avg()


@pytest.mark.parametrize("name", PAINTED)
def test_a_filter_with_a_gradient_looks_as_on_a_picture(studio: Studio, film: bytes, plain: Any, name: str) -> None:
    difference, effect = apart(studio, film, plain, {"type": "filter", "name": name})
    assert difference <= LIMIT < effect


@pytest.mark.parametrize("names", [EVEN[at : at + 2] for at in range(0, len(EVEN), 2)], ids="-".join)
def test_filters_that_are_tables_look_as_on_a_picture_one_after_another(
    studio: Studio, film: bytes, plain: Any, names: tuple[str, ...]
) -> None:
    difference, effect = apart(studio, film, plain, *({"type": "filter", "name": name} for name in names))
    assert difference <= LIMIT < effect


@pytest.mark.parametrize(
    "step",
    [
        {"type": "filter", "name": "earlybird", "strength": 40},
        {"type": "levels", "black": 20, "white": 200, "gamma": 1.4},
        {"type": "blur", "sigma": 4},
        {"type": "sharpen", "sigma": 2, "amount": 1, "threshold": 4},
        {"type": "median", "size": 9},
        {"type": "pixelate", "size": 8, "areas": [{"x": 6, "y": 4, "width": 60, "height": 400}]},
        {"type": "blur_areas", "sigma": 6, "areas": [{"x": 41, "y": 0, "width": 51, "height": 60}]},
        {"type": "vignette", "strength": 0.9, "radius": 0.2, "colour": "navy"},
        {"type": "gradient", "angle": 60, "colour": "#f80"},
    ],
    ids=lambda step: step["type"],
)
def test_an_effect_is_that_on_a_picture(studio: Studio, film: bytes, plain: Any, step: dict[str, Any]) -> None:
    difference, effect = apart(studio, film, plain, step)
    assert difference <= LIMIT < effect


@pytest.mark.parametrize("name", ["xpro2", "sierra"])
def test_every_ffmpeg_makes_the_same(each_studio: Studio, plain: Any, film: bytes, name: str) -> None:
    difference, effect = apart(each_studio, film, plain, {"type": "filter", "name": name, "strength": 80})
    assert difference <= LIMIT < effect


@pytest.mark.parametrize(("matrix", "range_"), [("bt709", "tv"), ("bt470bg", "pc")])
def test_colours_say_in_which_matrix_they_are(each_studio: Studio, matrix: str, range_: str) -> None:
    """As players read them: by what the file says."""
    scaled = f"scale=out_color_matrix={matrix}:out_range={range_},format=yuv420p"
    told = ("-colorspace", matrix, "-color_range", range_)
    source = filmed(
        f"color=0xC03050:size=64x48:rate=5,format=gbrp,{scaled}", seconds=0.4, tone=None, encoder=(*LOSSLESS, *told)
    )
    steps = [
        {"type": "brightness", "amount": 1.2},
        {"type": "gradient", "colour": "#00f", "start": 0.8, "end": 0.81, "opacity": 1},
    ]
    made = each_studio.one(source, steps, {"format": "mp4", "crf": 4})
    frame = made.frames()[0]
    assert frame[10, 30] == pytest.approx([230, 58, 96], abs=4)
    assert frame[44, 30] == pytest.approx([0, 0, 255], abs=4)
    with av.open(io.BytesIO(made.content), "r") as container:
        assert container.streams.video[0].codec_context.colorspace == 1
