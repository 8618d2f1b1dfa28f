"""Real files and broken ones: each is read, or refused with its reason, within the deadline, and leaves no process."""

from __future__ import annotations

import os
import struct
import time
from pathlib import Path
from typing import Any

import pytest
from tests.processing.audio.conftest import sine, sounding
from tests.processing.conftest import children

from mediaworks.errors import MediaworksError, Unprocessable
from mediaworks.processing import WAVEFORM, WAVEFORM_BASE, WaveformRequest, sniff
from mediaworks.testing import media

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "audio"
FILES = sorted(CORPUS.glob("*.*")) if CORPUS.exists() else []
UNKNOWN = {"100kB-garbage-prefix.mp3"}
MP3 = sounding("sine=d=2", "-write_xing", "0", container="mp3")


@pytest.mark.skipif(not FILES, reason="the corpus is not here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_real_file_becomes_aac_and_has_a_waveform_or_is_no_type_of_ours(bench: Any, path: Path) -> None:
    content = path.read_bytes()
    found = sniff(content[:4096])
    if found is None:
        assert path.name in UNKNOWN
        return
    made = bench.make(content, mime=found.mime, format="aac")
    assert 0.9 < made.seconds < 4
    assert bench.loudness(made.content, made.mime).integrated == pytest.approx(
        bench.loudness(content, found.mime).integrated, abs=1.5
    )
    drawn = bench.run(WAVEFORM, content, WaveformRequest(found.mime), beside=True)
    assert drawn.length * WAVEFORM_BASE / drawn.sample_rate == pytest.approx(made.seconds, abs=0.1)


def wave_header(*, channels: int, rate: int, data: int = 0xFFFFFFF0) -> bytes:
    block = channels * 2
    form = struct.pack("<HHIIHH", 1, channels, rate, min(rate * block, 0xFFFFFFFF), block, 16)
    return b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00" + form + b"data" + struct.pack("<I", data)


def test_an_mp3_without_a_seek_table_between_garbage_is_read_whole(bench: Any) -> None:
    made = bench.make(MP3 + os.urandom(5_000), {"type": "fade", "out": 0.5}, mime="audio/mpeg")
    assert made.seconds == pytest.approx(2, abs=0.2)


def test_a_file_with_huge_tags_keeps_them(bench: Any) -> None:
    long = "la " * 30_000
    song = sounding("sine=d=1", "-metadata", f"lyrics={long}", container="ogg")
    made = bench.make(song, mime="audio/ogg", format="flac")
    assert long.encode() in made.content


BROKEN = {
    "nothing but a header": (wave_header(channels=2, rate=48_000, data=0), "audio/wav"),
    "more channels than there are": (wave_header(channels=30_000, rate=48_000) + bytes(2_000), "audio/wav"),
    "twelve channels": (wave_header(channels=12, rate=48_000) + bytes(48_000), "audio/wav"),
    "no rate": (wave_header(channels=2, rate=0) + bytes(2_000), "audio/wav"),
    "random behind a magic": (b"fLaC" + bytes(range(256)) * 40, "audio/flac"),
    "an mp4 cut short": (media.audio("ipod")[:300], "audio/mp4"),
    "a picture in disguise": (media.image(), "audio/mpeg"),
    "a playlist in disguise": (b"#EXTM3U\nfile:///etc/passwd\n" * 9, "audio/aac"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_in_time_and_leaves_no_process(bench: Any, name: str) -> None:
    content, mime = BROKEN[name]
    before, began = children(), time.monotonic()
    with pytest.raises(MediaworksError) as refused:
        bench.make(content, {"type": "normalize"}, mime=mime, seconds=20, format="mp3")
    assert refused.value.status == 422
    with pytest.raises(Unprocessable):
        bench.run(WAVEFORM, content, WaveformRequest(mime), beside=True)
    assert time.monotonic() - began < 20
    assert children() <= before | bench.decoders()


def test_what_is_cut_short_gives_what_there_is(bench: Any) -> None:
    made = bench.make(MP3[: len(MP3) // 2], mime="audio/mpeg")
    assert made.seconds == pytest.approx(1, abs=0.2)


def test_work_without_end_ends_at_its_deadline(bench: Any) -> None:
    before = children()
    with pytest.raises(Unprocessable) as late:
        bench.make(sine(seconds=60), *[{"type": "speed", "factor": 0.25}] * 6, seconds=0.5)
    assert late.value.code == "program_timeout"
    assert children() <= before | bench.decoders()


def test_many_passes_have_one_deadline(bench: Any) -> None:
    began = time.monotonic()
    with pytest.raises(Unprocessable) as late:
        bench.make(sine(seconds=60), *[{"type": "normalize"}] * 50, seconds=2)
    assert (late.value.code, time.monotonic() - began < 10) == ("program_timeout", True)


def test_who_leaves_leaves_no_process(bench: Any) -> None:
    before = children()
    with pytest.raises(TimeoutError):
        bench.make(sine(seconds=60), *[{"type": "speed", "factor": 0.25}] * 6, patience=0.5)
    assert children() <= before | bench.decoders()
