"""How long sound is whose container does not tell."""

from __future__ import annotations

import pytest
from tests.processing.audio.conftest import sounding
from tests.processing.conftest import as_descriptor

from mediaworks.processing.audio.length import length_of
from mediaworks.processing.video.index import index_of

SWELLING = "anoisesrc=d=20:a=0.5:r=44100,volume='gte(t,10)':eval=frame"
"""Soft at first: who guesses by the first packets guesses too much."""
MP3 = ("-q:a", "4", "-write_xing", "0")


@pytest.mark.parametrize(
    ("container", "mime", "options"), [("mp3", "audio/mpeg", MP3), ("adts", "audio/aac", ("-q:a", "1"))]
)
def test_what_has_no_table_is_as_long_as_its_packets(container: str, mime: str, options: tuple[str, ...]) -> None:
    with as_descriptor(sounding(SWELLING, *options, container=container)) as file:
        assert index_of(file, mime, 1).duration == pytest.approx(20, abs=0.1)


def test_what_follows_the_sound_does_not_count() -> None:
    with as_descriptor(sounding(SWELLING, *MP3, container="mp3") + bytes(200_000)) as file:
        assert length_of(file, "audio/mpeg", 45.0) == pytest.approx(20, abs=0.2)


def test_a_good_table_is_believed() -> None:
    with as_descriptor(sounding("sine=d=3", container="mp3")) as file:
        assert length_of(file, "audio/mpeg", 3.0123) == 3.0123
        assert length_of(file, "audio/flac", 2.5) == 2.5
