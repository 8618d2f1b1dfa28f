"""With an ffmpeg that lacks what a recipe needs, the recipe is refused before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.processing.conftest import as_descriptor
from tests.processing.video.builds import small_build
from tests.processing.video.filming import filmed
from tests.processing.video.transcoding.conftest import Studio

from mediaworks.errors import NotInstalled
from mediaworks.processing import Engine, Kind, Source, TranscodingConfig, VideoEngine, ffmpeg
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
