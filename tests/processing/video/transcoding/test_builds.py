"""With an ffmpeg that lacks what a recipe needs, the recipe is refused before anything runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.processing.conftest import as_descriptor
from tests.processing.video.builds import small_build
from tests.processing.video.filming import filmed
from tests.processing.video.transcoding.conftest import Studio

from mediaworks.errors import NotInstalled
from mediaworks.processing import (
    Engine,
    Kind,
    Limits,
    Source,
    Storyboard,
    TranscodingConfig,
    VideoEngine,
    VideoTrack,
    captions_of,
    ffmpeg,
    sheet_of,
)
from mediaworks.transformations.recipe import read_recipe


@pytest.mark.parametrize(
    ("output", "lacks"),
    [
        ({"format": "mp4", "codec": "hevc"}, "libx265"),
        ({"format": "mp4", "codec": "av1"}, "libsvtav1"),
        ({"format": "webm", "codec": "vp9"}, "libvpx-vp9"),
    ],
)
def test_an_encoder_that_is_not_there_is_named(
    studio: Studio, tmp_path: Path, output: dict[str, object], lacks: str
) -> None:
    small = ffmpeg(str(small_build(tmp_path))).path
    engine: Engine = VideoEngine(studio.sandbox, studio.renderer, lambda: small, TranscodingConfig(), 300_000_000)
    recipe = read_recipe([], output, Kind.VIDEO)

    async def steps(descriptor: int) -> None:
        source = Source(descriptor=descriptor, mime="video/mp4")
        async with engine.make(source, recipe.operations, recipe.output, others={}):
            pass

    with as_descriptor(filmed(seconds=0.4)) as descriptor, pytest.raises(NotInstalled) as refusal:
        studio.run(steps(descriptor))
    assert refusal.value.facts == {"lacks": lacks}


def test_whoever_runs_ffmpeg_asks_it_first(tmp_path: Path) -> None:
    small, limits = ffmpeg(str(small_build(tmp_path))).path, Limits(seconds=5)
    track = VideoTrack(
        stream=0, codec="h264", profile=None, width=64, height=64, pixel_format="yuv420p10le", hdr="hdr10", rate=(25, 1),
        frames=25, widest_gap=1, keyframes=(0.0,), bit_rate=None,
    )  # fmt: skip
    board = Storyboard.of(track, 1)
    with as_descriptor(b"") as file:
        with pytest.raises(NotInstalled) as captions:
            asyncio.run(captions_of(small, file, "video/mp4", 2, limits=limits))
        with pytest.raises(NotInstalled) as sheet:
            asyncio.run(sheet_of(small, file, "video/mp4", track, board, 0, limits=limits))
    assert [refused.value.facts["lacks"] for refused in (captions, sheet)] == ["subrip", "mjpeg"]
