from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.processing.video.filming import (
    PROGRAMS,
    WHEEL,
    encoded,
    filmed,
    made,
    presented,
    samples_of,
    sounding,
)

from mediaworks.processing.video.boxes import decode_time

CLUSTERS = ("-cluster_time_limit", "500")  # so that there is somewhere to go in so short a file
SOURCES: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "WAV": ("wav", 48_000, ("pcm_s16le",)),
    "WAV of 22 kHz": ("wav", 22_050, ("pcm_s16le",)),
    "MP4": ("m4a", 44_100, ("aac",)),
    "MP3, constant rate": ("mp3", 44_100, ("libmp3lame", "-b:a", "128k")),
    "MP3, variable rate": ("mp3", 48_000, ("libmp3lame", "-q:a", "4")),
    "MKV with AAC": ("mkv", 48_000, ("aac", *CLUSTERS)),
    "MKV with MP3": ("mkv", 44_100, ("libmp3lame", *CLUSTERS)),
    "MKV with Opus": ("mkv", 48_000, ("libopus", *CLUSTERS)),
    "MKV with FLAC": ("mkv", 48_000, ("flac", *CLUSTERS)),
    "ADTS": ("aac", 48_000, ("aac",)),
}


TRIED = [(WHEEL, source) for source in SOURCES]
TRIED += [(other, source) for other in PROGRAMS[1:] for source in ("WAV", "MP3, constant rate", "MKV with AAC")]


@pytest.mark.parametrize(("program", "source"), TRIED)
def test_no_boundary_between_runs_is_heard(source: str, program: Path, tmp_path: Path) -> None:
    """26 dB between what was recorded and what is off, 2,048 samples around each boundary: a click is at 12 to 17."""
    suffix, rate, codec = SOURCES[source]
    content = sounding("-c:a", *codec, suffix=suffix, rate=rate, seconds=4.5)
    (audio,) = presented(content, suffix).audios
    runs = [(0, 2), (2, 1), (3, audio.grid.segments - 3)]
    found = [fragment for first, count in runs for fragment in encoded(content, audio, first, count, suffix, program)]
    assert [decode_time(f.data) for f in found] == [audio.grid.decode_time(n) for n in range(audio.grid.segments)]
    assert len({fragment.init for fragment in found}) == 1
    heard = samples_of(found[0].init + b"".join(f.data for f in found), rate=audio.grid.sample_rate)
    told = _recorded(content, tmp_path, audio.grid.sample_rate, program)
    assert heard.shape[1] >= told.shape[1] - 1024
    for number in (1, 2, 3):
        around = slice(audio.grid.decode_time(number) - 1024, audio.grid.decode_time(number) + 1024)
        assert _clearness(heard[:, around], told[:, around]) > 26


def test_sound_that_ends_before_the_picture_is_followed_by_silence() -> None:
    content = filmed("-f", "lavfi", "-i", "sine=d=1.2", "-c:a", "aac", seconds=6)
    (audio,) = presented(content).audios
    late = encoded(content, audio, 4, 1)
    assert np.abs(samples_of(late[0].init + late[0].data, rate=audio.grid.sample_rate)).max() < 0.01
    assert len(encoded(content, audio, 0, audio.grid.segments)) == audio.grid.segments


def test_sound_that_begins_after_the_picture_stays_there() -> None:
    sound = made("-f", "lavfi", "-i", "sine=d=2:r=48000", "-c:a", "aac", suffix="m4a")
    content = made(
        "-itsoffset", "1.5", "-i", "IN", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=4", "-c:a", "copy", before=sound
    )
    (audio,) = presented(content).audios
    found = encoded(content, audio, 0, audio.grid.segments)
    heard = np.abs(samples_of(found[0].init + b"".join(f.data for f in found), rate=audio.grid.sample_rate)[0])
    assert np.argmax(heard > 0.02) / audio.grid.sample_rate == pytest.approx(1.5, abs=0.03)


def _recorded(content: bytes, folder: Path, rate: int, program: Path) -> np.ndarray:
    source = folder / "source"
    source.write_bytes(content)
    wanted = ("-af", f"aresample={rate}:async=1:first_pts=0", "-f", "f32le", "-ac", "2", "-")
    told = subprocess.run([program, "-v", "error", "-i", source, *wanted], capture_output=True, check=True).stdout
    return np.frombuffer(told, np.float32).reshape(-1, 2).T


def _clearness(heard: np.ndarray, told: np.ndarray) -> float:
    """In decibels."""
    return float(10 * np.log10((told**2).sum() / ((heard - told) ** 2).sum()))
