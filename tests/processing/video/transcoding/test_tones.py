"""High dynamic range is shown by one curve: in segments, posters, frames, previews and storyboards."""

from __future__ import annotations

import asyncio
import io
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import pyvips
from tests.processing.conftest import as_descriptor
from tests.processing.video.filming import PROGRAMS, WHEEL, encoded, made, presented
from tests.processing.video.transcoding.conftest import Studio

from mediaworks.processing import UNDERSTAND, Limits, Storyboard, sheet_of

TRANSFERS = ["smpte2084", "arib-std-b67"]
PRIMARIES = "color_primaries=bt2020:colorspace=bt2020nc"
ORANGE, GREY = "c=0xB07850", "c=0x808080"
PICTURE = "color={}:s=160x96:r=10:d=1,format=gbrp10le,scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le"
TEN_BITS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "8", "-g", "10")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:max-cll=4000,400")
NEAR = 4.0


@cache
def filmed(transfer: str, *, told: str = PRIMARIES, colour: str = ORANGE, codec: tuple[str, ...] = TEN_BITS) -> bytes:
    tags = f"setparams={':'.join(filter(None, (f'color_trc={transfer}', 'range=tv', told)))}"
    return made("-f", "lavfi", "-i", f"{PICTURE.format(colour)},{tags}", *codec)


def in_segments(content: bytes, program: Path = WHEEL) -> np.ndarray:
    """The mean red, green and blue of the first frame."""
    (video,) = presented(content).videos
    (fragment,) = encoded(content, video, 0, 1, program=program)
    return mean_of(fragment.init + fragment.data)


def mean_of(content: bytes) -> np.ndarray:
    with av.open(io.BytesIO(content), "r") as container:
        frame = next(container.decode(video=0))
        return np.asarray(frame.to_ndarray(format="rgb24").mean((0, 1)))


def mean_in(picture: Any) -> np.ndarray:
    return np.asarray(pyvips.Image.new_from_buffer(picture, "").numpy()[..., :3].mean((0, 1)))


def storyboard(content: bytes) -> bytes:
    presentation = presented(content)
    track = presentation.index.video
    assert track is not None
    board = Storyboard.of(track, 1)
    with as_descriptor(content) as descriptor:
        making = sheet_of(WHEEL, descriptor, "video/mp4", track, board, 0, limits=Limits(seconds=20))
        return asyncio.run(making)


@pytest.mark.parametrize("transfer", TRANSFERS)
def test_every_picture_of_it_has_the_colours_of_its_segments(ask: Any, studio: Studio, transfer: str) -> None:
    content = filmed(transfer)
    shown = in_segments(content)
    poster = ask(UNDERSTAND, content, "video/mp4").thumbnails[0].data
    frame = studio.one(content, [], {"format": "frame"}).content
    preview = studio.one(content, [], {"format": "preview", "type": "mp4", "fps": 2, "seconds": 0.5}).content
    found = [mean_in(poster), mean_in(frame), mean_in(storyboard(content)), mean_of(preview)]
    assert [float(np.abs(colour - shown).max()) < NEAR for colour in found] == [True] * 4, (shown, found)


def test_it_is_not_what_it_would_be_without_the_curve(ask: Any) -> None:
    untold = filmed("bt709", told="color_primaries=bt709:colorspace=bt2020nc")
    means = [in_segments(content) for content in (untold, *map(filmed, TRANSFERS))]
    assert [float(np.abs(means[0] - mean).max()) > 3 * NEAR for mean in means[1:]] == [True, True]
    assert float(np.abs(means[1] - means[2]).max()) > 3 * NEAR


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_of_its_tags_only_the_curve_has_to_be_there(program: Path) -> None:
    bare, whole = (filmed("smpte2084", told=told, colour=GREY) for told in ("", PRIMARIES))
    assert in_segments(bare, program) == pytest.approx(in_segments(whole, program), abs=NEAR)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_what_its_light_is_said_to_be_changes_nothing(program: Path) -> None:
    content = filmed("smpte2084", codec=HEVC, colour=GREY)
    assert in_segments(content, program) == pytest.approx(in_segments(filmed("smpte2084", colour=GREY)), abs=NEAR)
