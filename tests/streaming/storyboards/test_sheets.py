"""Sheets of a storyboard show what is to be seen at their time, however rare keyframes are."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import pyvips
from tests.processing.conftest import as_descriptor
from tests.processing.video.filming import PROGRAMS, made, presented

from mediaworks.processing import Limits, Storyboard, sheet_of

SHADES = "color=black:s=64x48:r=2:d=60,drawbox=c=white:t=fill:enable='between(t,{0},{1})'"
RARE = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "999", "-force_key_frames", "{0},{1}")


@cache
def filmed(begin: int, end: int) -> bytes:
    """A minute: white from `begin` to before `end`, and a keyframe at both and at the beginning alone."""
    codec = [word.format(begin, end) for word in RARE]
    return made("-f", "lavfi", "-i", SHADES.format(begin, end - 0.25), *codec)


def lights(content: bytes, sheet: int, program: Path, *, begin: float = 0.0) -> list[bool]:
    """Which of the pictures of a sheet are white."""
    track = presented(content).index.video
    assert track is not None
    board = Storyboard.of(track, 60 - begin, begin)
    with as_descriptor(content) as descriptor:
        making = sheet_of(program, descriptor, "video/mp4", track, board, sheet, limits=Limits(seconds=20))
        shown = pyvips.Image.new_from_buffer(asyncio.run(making), "").numpy()
    places = [board.place(number)[1:] for number in range(25)]
    return [bool(np.mean(shown[y + 20 : y + 40, x + 20 : x + 40]) > 128) for x, y in places]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.parent.name)
def test_a_sheet_begins_with_what_was_to_be_seen_before_it(program: Path) -> None:
    content = filmed(20, 40)
    assert lights(content, 0, program) == [False] * 20 + [True] * 5
    assert lights(content, 1, program) == [True] * 15 + [False] * 10
    assert lights(content, 2, program) == [False] * 25


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.parent.name)
def test_of_a_clip_it_begins_with_the_clip(program: Path) -> None:
    assert lights(filmed(20, 40), 0, program, begin=37.5) == [True] * 3 + [False] * 22
