from __future__ import annotations

import shutil

import pytest

from mediaworks.processing import ffmpeg
from mediaworks.processing.video.ffmpeg import Ffmpeg


@pytest.fixture(params=["bundled", "system"], scope="session")
def each_ffmpeg(request: pytest.FixtureRequest) -> Ffmpeg:
    """The ffmpeg that came along, and then the one that the system has."""
    if request.param == "bundled":
        return ffmpeg("")
    if shutil.which("ffmpeg") is None:
        pytest.skip("this system has no ffmpeg of its own")
    return ffmpeg("ffmpeg")
