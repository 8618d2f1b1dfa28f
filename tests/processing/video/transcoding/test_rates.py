"""A bit rate that is asked for is met by looking at the whole video first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.processing.video.transcoding.conftest import MP4, Studio, filmed

SECONDS = 2.0
BITS = 200_000
WEBM = {"format": "webm", "speed": "fast"}


def noisy(tone: int | None = None) -> bytes:
    """Of which one run would make a fifth to two thirds too much."""
    return filmed("testsrc2=size=160x90:rate=25,noise=alls=40:allf=t", seconds=SECONDS, tone=tone)


@pytest.mark.parametrize(
    "output",
    [MP4, {**MP4, "codec": "hevc"}, {**WEBM, "codec": "vp9"}, {**WEBM, "codec": "vp8"}],
    ids=["h264", "hevc", "vp9", "vp8"],
)
def test_a_bit_rate_is_met_by_two_runs(each_studio: Studio, output: dict[str, Any]) -> None:
    made = each_studio.one(noisy(), [], {**output, "bitrate": BITS})
    assert len(made.content) * 8 / SECONDS == pytest.approx(BITS, rel=0.15)


def test_a_size_is_nearly_used_up_and_never_passed(each_studio: Studio) -> None:
    made = each_studio.one(noisy(440), [], {**MP4, "max_bytes": 40_000, "audio_bitrate": 32_000})
    assert 0.85 * 40_000 <= len(made.content) <= 40_000


def test_an_encoder_without_notes_of_its_own_keeps_to_a_size_as_well(each_studio: Studio) -> None:
    made = each_studio.one(noisy(), [], {**MP4, "codec": "av1", "max_bytes": 60_000})
    assert len(made.content) <= 60_000


def test_several_files_of_one_decode_have_a_rate_each(each_studio: Studio) -> None:
    rates = (120_000, None, 200_000)
    renditions = [{"output": {**MP4, **({"bitrate": rate} if rate else {"crf": 40})}} for rate in rates]
    made = each_studio.make(noisy(), [], {"format": "renditions", "renditions": renditions})
    sizes = [len(one.content) * 8 / SECONDS for one in made]
    assert sizes[0] == pytest.approx(rates[0], rel=0.15)
    assert sizes[2] == pytest.approx(rates[2], rel=0.15)


def test_nothing_is_left_of_the_notes(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    studio.one(noisy(), [], {**MP4, "bitrate": BITS})
    assert list(tmp_path.iterdir()) == []
