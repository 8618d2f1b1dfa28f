"""Pictures that move become videos: every frame, for as long as it was shown, once."""

from __future__ import annotations

import io
from typing import Any

import av
import pytest
import pyvips
from tests.processing.video.transcoding.conftest import MP4, MadeFile, Studio

from mediaworks.errors import InvalidRecipe, UnsupportedType
from mediaworks.processing.video.film import times_of

COLOURS = [(220, 30, 30), (30, 200, 30), (40, 40, 230)]
DELAYS = [100, 330, 70]
TYPES = {"gif": "image/gif", "webp": "image/webp"}


def animated(kind: str, *, width: int = 33, height: int = 21, delays: list[int] = DELAYS) -> bytes:
    """Frames of one colour each, transparent on the right, shown for so many milliseconds."""
    opaque = (pyvips.Image.xyz(width, height)[0] < max(1, width * 2 // 3)).ifthenelse(255, 0).cast("uchar")
    frames = [
        opaque.new_from_image(colour).bandjoin(opaque).copy(interpretation="srgb") for colour in COLOURS[: len(delays)]
    ]
    strip = pyvips.Image.arrayjoin(frames, across=1).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", height)
    strip.set_type(pyvips.GValue.array_int_type, "delay", delays)
    return bytes(strip.gifsave_buffer() if kind == "gif" else strip.webpsave_buffer(lossless=True))


def shown(made: MadeFile) -> list[tuple[int, str]]:
    """When each frame begins, in milliseconds, and which colour it has on the left."""
    with av.open(io.BytesIO(made.content), "r") as container:
        frames = list(container.decode(video=0))
    pixels = [frame.to_ndarray(format="rgb24")[5, 5].astype(int) for frame in frames]
    names = ["rgb"[min(range(3), key=lambda n: abs(pixel - COLOURS[n]).sum())] for pixel in pixels]
    return [(round(1000 * float(frame.time)), name) for frame, name in zip(frames, names, strict=True)]


@pytest.mark.parametrize("kind", TYPES)
def test_every_frame_has_its_time_and_its_colour(each_studio: Studio, kind: str) -> None:
    made = each_studio.one(animated(kind), [], {**MP4, "background": "#00ffff"}, mime=TYPES[kind])
    assert (made.type.mime, made.codecs(), made.facts.width, made.facts.height) == ("video/mp4", ["h264"], 32, 20)
    assert shown(made) == [(0, "r"), (100, "g"), (430, "b"), (490, "b")]
    assert made.facts.duration == pytest.approx(0.5, abs=0.011)
    first = made.frames()[0]
    assert abs(first[10, 5].astype(int) - COLOURS[0]).max() < 16
    assert abs(first[10, 29].astype(int) - (0, 255, 255)).max() < 16


def test_a_film_is_in_the_colours_that_players_expect(each_studio: Studio) -> None:
    made = each_studio.one(animated("gif"), [], MP4, mime="image/gif")
    with av.open(io.BytesIO(made.content), "r") as container:
        codec = container.streams.video[0].codec_context
        assert (codec.pix_fmt, int(codec.colorspace), int(codec.color_range)) == ("yuv420p", 1, 1)


def test_all_that_is_done_to_videos_is_done_to_it(studio: Studio) -> None:
    steps = [{"type": "trim", "start": 0.1}, {"type": "resize", "width": 16}]
    made = studio.one(animated("gif"), steps, {"format": "webm", "speed": "fast"}, mime="image/gif")
    assert (made.codecs(), made.facts.width) == (["vp9"], 16)
    assert [colour for _, colour in shown(made)][:2] == ["g", "b"]


def test_a_picture_of_one_frame_or_of_another_kind_is_refused(studio: Studio) -> None:
    with pytest.raises(InvalidRecipe, match="one frame"):
        studio.one(animated("gif", delays=[100]), [], MP4, mime="image/gif")
    with pytest.raises(UnsupportedType):
        studio.one(animated("gif"), [], MP4, mime="image/png")


@pytest.mark.parametrize(
    ("delays", "pages", "times"),
    [
        ((100, 330, 70), 3, [0, 100, 430, 500]),
        ((0, 10, 20), 3, [0, 100, 200, 220]),
        ((), 2, [0, 100, 200]),
        ((43, 48), 2, [0, 40, 90]),
    ],
)
def test_times_are_those_of_browsers(delays: tuple[int, ...], pages: int, times: list[int]) -> None:
    assert times_of(delays, pages) == times


def test_of_the_smallest_pictures_there_are_videos_too(studio: Studio) -> None:
    made: Any = studio.one(animated("gif", width=1, height=1), [], MP4, mime="image/gif")
    assert (made.facts.width, made.facts.height) == (2, 2)
