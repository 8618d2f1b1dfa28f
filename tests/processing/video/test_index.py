from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.processing.video.filming import (
    encoded,
    filmed,
    indexed,
    made,
    pictures_of,
    presented,
    sounding,
)

from mediaworks.processing.video.model import Index, VideoTrack

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "video"
SOUND = ("-f", "lavfi", "-i", "sine=d=4", "-c:a", "aac")
PLAYED = {
    "sample_without_stss.mp4": (1080, 720),
    "sample_fragmented.mp4": (1080, 720),
    "internal_emulator_transformer_output_270_rotated.mp4": (720, 1280),
    "bear-vp9-odd-dimensions.webm": (161, 121),
}


def video_of(index: Index) -> VideoTrack:
    assert index.video is not None
    return index.video


@pytest.mark.parametrize("rate", ["24000/1001", "25", "30000/1001", "60"])
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_steady_rate_is_exact(rate: str, suffix: str) -> None:
    video = video_of(indexed(filmed(rate=rate, seconds=4, suffix=suffix), suffix))
    assert video.frame_rate == Fraction(rate)
    assert video.frames == round(4 * Fraction(rate))
    assert video.keyframes[1] == pytest.approx(50 / Fraction(rate), abs=0.002)


def test_an_unsteady_rate_is_the_average_and_its_widest_gap_is_known() -> None:
    content = filmed("-vf", "select='not(between(n,20,39))'", "-fps_mode", "vfr", seconds=4)
    video = video_of(indexed(content))
    assert float(video.frame_rate) == pytest.approx(80 / 4, abs=0.5)
    assert video.widest_gap >= 20 * 0.8


def test_a_rotated_picture_counts_as_it_is_shown() -> None:
    content = made("-display_rotation", "90", "-i", "IN", "-c", "copy", before=filmed(seconds=1))
    assert (video_of(indexed(content)).width, video_of(indexed(content)).height) == (64, 96)
    (video,) = presented(content).videos
    assert pictures_of(encoded(content, video, 0, 1))[0].shape == (96 * 3 // 2, 64)


def test_what_an_edit_list_leaves_out_is_not_played() -> None:
    content = made("-ss", "1", "-i", "IN", "-c", "copy", before=filmed(seconds=4))
    assert video_of(indexed(content)).frames == pytest.approx(75, abs=1)
    (video,) = presented(content).videos
    assert len(pictures_of(encoded(content, video, 0, video.grid.segments))) == video.grid.total


def test_a_fragmented_file_is_known_to_its_end() -> None:
    content = filmed("-movflags", "frag_keyframe+empty_moov", seconds=4)
    assert (video_of(indexed(content)).frames, len(video_of(indexed(content)).keyframes)) == (100, 2)


def test_without_a_table_of_keyframes_everything_is_one() -> None:
    content = filmed(seconds=1, codec=("-c:v", "libx264", "-g", "1", "-pix_fmt", "yuv420p"))
    video = video_of(indexed(content.replace(b"stss", b"free")))
    assert len(video.keyframes) == video.frames == 25


def test_sound_without_pictures_and_pictures_without_sound() -> None:
    heard, seen = indexed(sounding("-c:a", "aac", suffix="m4a"), "m4a"), indexed(filmed(seconds=1))
    assert (heard.video, len(heard.audio)) == (None, 1)
    assert (seen.audio, video_of(seen).frames) == ((), 25)


def test_every_track_has_its_language_and_one_is_what_is_heard() -> None:
    tracks = (
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-map",
        "2:a",
        "-metadata:s:a:0",
        "language=deu",
        "-metadata:s:a:1",
        "language=eng",
    )
    second = (
        "-f",
        "lavfi",
        "-i",
        "sine=f=99:d=1",
        *tracks,
        "-c:a",
        "aac",
        "-disposition:a:0",
        "0",
        "-disposition:a:1",
        "default",
    )
    content = filmed("-f", "lavfi", "-i", "sine=d=1", *second, seconds=1)
    presentation = presented(content)
    assert [audio.track.language for audio in presentation.audios] == ["deu", "eng"]
    assert presentation.default_audio == presentation.audios[1]


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
@pytest.mark.parametrize("name", PLAYED)
def test_a_file_of_the_corpus_plays_whole(name: str) -> None:
    content, suffix = (CORPUS / name).read_bytes(), name.rpartition(".")[2]
    presentation = presented(content, suffix, heights=(64,), seconds=2.0)
    video = presentation.videos[0]
    assert (video.track.width, video.track.height) == PLAYED[name]
    last = video.grid.segments - 1
    assert len(encoded(content, video, last, 1, suffix)) == 1
