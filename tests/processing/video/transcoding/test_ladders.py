"""Ladders that fit a video: rungs by what short encodes of it have shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.processing.video.transcoding.conftest import MP4, Studio, filmed

from mediaworks.errors import InvalidRecipe
from mediaworks.processing import Kind
from mediaworks.transformations.recipe import read_recipe

LADDER: dict[str, Any] = {"format": "ladder", "heights": [180, 120, 60, 1080], "output": MP4}
DETAILED = "testsrc2=size=320x180:rate=10,noise=alls=20:allf=t"
SOFT = f"{DETAILED},scale=40:-2,scale=320:180:flags=bicubic"


def test_a_ladder_has_the_rungs_that_add_something(each_studio: Studio) -> None:
    files, told = each_studio.told(filmed(DETAILED, tone=None), [], LADDER)
    rungs = told["ladder"]
    assert [rung["height"] for rung in rungs] == [180, 120, 60]
    kept = [rung for rung in rungs if "left_out" not in rung]
    assert len(kept) > 1
    assert [[file.facts.width, file.facts.height] for file in files] == [rung["pixels"] for rung in kept]
    assert [rung["quality"] for rung in rungs] == sorted((rung["quality"] for rung in rungs), reverse=True)
    for file, rung in zip(files, kept, strict=True):
        assert len(file.content) * 8 == pytest.approx(rung["bitrate"], rel=0.25)


def test_of_a_soft_video_no_large_rung_is_made_and_it_is_told_why(studio: Studio) -> None:
    files, told = studio.told(filmed(SOFT, tone=None), [], LADDER)
    assert max(file.facts.height or 0 for file in files) < 180
    assert "dB" in told["ladder"][0]["left_out"]


def test_a_long_video_is_sampled_in_three_places(studio: Studio) -> None:
    changing = "testsrc2=size=64x48:rate=5,noise=alls=40:allf=t:enable='gte(t,5)'"
    steps = [{"type": "mute"}, {"type": "grayscale"}]
    files, told = studio.told(filmed(changing, seconds=10, tone=None), steps, {**LADDER, "heights": [48]})
    (rung,) = told["ladder"]
    assert (len(files), rung["pixels"]) == (1, [64, 48])
    assert len(files[0].content) * 8 / 10 == pytest.approx(rung["bitrate"], rel=0.25)


def test_nothing_is_left_of_samples(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    studio.told(filmed(DETAILED, tone=None), [], LADDER)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("said", [{"crf": 20}, {"bitrate": 90_000}, {"max_bytes": 90_000}])
def test_a_ladder_decides_by_itself(said: dict[str, Any]) -> None:
    with pytest.raises(InvalidRecipe):
        read_recipe([], {**LADDER, "output": {**MP4, **said}}, Kind.VIDEO)
