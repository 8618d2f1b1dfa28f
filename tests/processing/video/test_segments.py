from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from tests.processing.video.filming import PROGRAMS, delays_of, encoded, filmed, pictures_of, presented, show_the_same

from mediaworks.processing.video.boxes import decode_time

VARIABLE = (
    "-vf",
    "select='not(eq(mod(n,7),3))*not(between(n,31,44))',setpts=PTS+mod(N*7\\,5)*0.004/TB",
    "-fps_mode",
    "vfr",
)
RATES = {"23.976": "24000/1001", "25": "25", "29.97": "30000/1001", "60": "60"}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.parent.name)
@pytest.mark.parametrize("rate", [*RATES, "variable"])
def test_runs_that_begin_anywhere_make_what_one_run_makes(rate: str, program: Path) -> None:
    """Frames, their times, and the beginning that goes before every segment."""
    content = filmed(*VARIABLE, seconds=3) if rate == "variable" else filmed(rate=RATES[rate], seconds=3)
    (video,) = presented(content).videos
    whole = encoded(content, video, 0, video.grid.segments, program=program)
    assert len(whole) == video.grid.segments
    apart = [*encoded(content, video, 0, 1, program=program)]
    apart += encoded(content, video, 1, 1, program=program)
    apart += encoded(content, video, 2, video.grid.segments - 2, program=program)
    assert {fragment.init for fragment in apart} == {whole[0].init}
    assert [decode_time(fragment.data) for fragment in apart] == [video.grid.decode_time(f.number) for f in whole]
    assert show_the_same(pictures_of(apart), pictures_of(whole))
    assert len(pictures_of(whole)) == video.grid.total
    assert {delays_of(fragment)[0] for fragment in apart} == {0}


def test_what_is_shown_is_what_was_recorded() -> None:
    content = filmed(seconds=2)
    (video,) = presented(content).videos
    with av.open(io.BytesIO(content), "r") as container:
        recorded = [frame.to_ndarray().astype(np.int16) for frame in container.decode(video=0)]
    assert show_the_same(pictures_of(encoded(content, video, 0, video.grid.segments)), recorded)


@pytest.mark.parametrize(
    ("size", "shown"), [("16x16", "16x16"), ("2x2", "2x2"), ("97x65", "96x64"), ("400x4", "400x4")]
)
def test_a_picture_of_any_size_plays(size: str, shown: str) -> None:
    content = filmed(size=size, seconds=1, codec=("-c:v", "ffv1"), suffix="mkv")
    (video,) = presented(content, "mkv", heights=(240,)).videos
    picture = pictures_of(encoded(content, video, 0, 1, "mkv"))[0]
    assert f"{video.rung.width}x{video.rung.height}" == shown
    assert picture.shape == (video.rung.height * 3 // 2, video.rung.width)
