from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from msgspec.structs import replace
from tests.processing.video.filming import encoded, filmed, pictures_of, presented

from mediaworks.processing import presentation_of
from mediaworks.processing.video.ladder import ladder_of
from mediaworks.processing.video.model import AudioTrack, Index, VideoTrack
from mediaworks.processing.video.segments import AudioGrid, VideoGrid

HEIGHTS = (240, 360, 480, 720, 1080, 1440, 2160)
HDR = (
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p10le",
    "-color_primaries",
    "bt2020",
    "-colorspace",
    "bt2020nc",
)
TAGS = "setparams=color_primaries=bt2020:colorspace=bt2020nc:color_trc={transfer}:range=tv"
TRANSFERS = {"hdr10": "smpte2084", "hlg": "arib-std-b67"}


def track(width: int = 1920, height: int = 1080, rate: Fraction = Fraction(25), frames: int = 250) -> VideoTrack:
    return VideoTrack(
        stream=0, codec="h264", profile=None, width=width, height=height, pixel_format="yuv420p", hdr="sdr",
        rate=(rate.numerator, rate.denominator), frames=frames, widest_gap=1, keyframes=(0.0,), bit_rate=None,
    )  # fmt: skip


def sound(rate: int) -> AudioTrack:
    return AudioTrack(stream=1, codec="aac", sample_rate=rate, channels=2, language=None, title=None)


@pytest.mark.parametrize(
    ("size", "rungs"),
    [
        ((1920, 1080), ["1920x1080", "1280x720", "854x480", "640x360", "426x240"]),
        ((1080, 1920), ["1080x1920", "720x1280", "480x854", "360x640", "240x426"]),
        ((200, 100), ["200x100"]),
        ((161, 121), ["160x120"]),
        ((2560, 300), ["2048x240"]),
    ],
)
def test_no_rung_is_larger_than_the_source(size: tuple[int, int], rungs: list[str]) -> None:
    assert [f"{rung.width}x{rung.height}" for rung in ladder_of(track(*size), HEIGHTS)] == rungs


@pytest.mark.parametrize(
    "rate", [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(1275, 74)]
)
def test_the_lengths_of_segments_add_up_to_the_recording(rate: Fraction) -> None:
    """45 minutes: not a frame too many or too few."""
    frames = round(45 * 60 * rate)
    grid = VideoGrid.of(track(rate=rate, frames=frames), 2.0)
    assert sum(grid.seconds(number) for number in range(grid.segments)) == frames / rate
    assert all(grid.start(n + 1) == grid.start(n) + grid.seconds(n) for n in range(grid.segments - 1))
    shown = sum(round(float(grid.seconds(n)), 6) for n in range(grid.segments))
    assert shown == pytest.approx(45 * 60, abs=float(1 / rate))


@pytest.mark.parametrize("rate", [44_100, 48_000, 22_050])
def test_the_lengths_of_sound_segments_add_up_too(rate: int) -> None:
    grid = AudioGrid.of(sound(rate), 2.0, 2700.0)
    assert sum(grid.seconds(number) for number in range(grid.segments)) == 2700
    assert grid.start(grid.segments - 1) + grid.seconds(grid.segments - 1) == 2700


def test_more_than_60_frames_a_second_become_60() -> None:
    content = filmed(rate="120", seconds=1)
    (video,) = presented(content).videos
    assert (video.grid.rate, video.grid.total) == (Fraction(60), 60)
    assert len(pictures_of(encoded(content, video, 0, 1))) == 60


@pytest.mark.parametrize("size", ["96x64", "176x98", "64x176"])
def test_what_is_promised_is_what_is_sent(size: str) -> None:
    """Codec, profile and level of RFC 6381 by the decoder's configuration (ISO/IEC 14496-15 section 5.3.3), and bits."""
    content = filmed(
        seconds=2, size=size, rate="24", codec=("-vf", "noise=alls=90:allf=t", "-c:v", "libx264", "-qp", "1")
    )
    for video in presented(content, heights=(64, 98)).videos:
        segments = encoded(content, video, 0, 2)
        at = segments[0].init.index(b"avcC") + 5
        assert video.rung.codec == f"avc1.{segments[0].init[at : at + 3].hex()}"
        assert pictures_of(segments)[0].shape == (video.rung.height * 3 // 2, video.rung.width)
        for segment in segments:
            assert len(segment.data) * 8 / video.grid.seconds(segment.number) < video.peak_bits * 1.1


@pytest.mark.parametrize("hdr", TRANSFERS)
def test_high_dynamic_range_becomes_standard(hdr: str) -> None:
    """A ramp of grey stays a ramp of grey, from black to nearly white, and says that it is BT.709."""
    ramp = f"format=gray,geq='X*255/W',format=yuv420p10le,{TAGS.format(transfer=TRANSFERS[hdr])}"
    content = filmed("-vf", ramp, seconds=0.2, size="256x64", codec=(*HDR, "-color_trc", TRANSFERS[hdr]))
    presentation = presented(content)
    assert presentation.index.video is not None
    assert presentation.index.video.hdr == hdr
    segments = encoded(content, presentation.videos[0], 0, 1)
    line = pictures_of(segments)[0][32, ::16]
    assert all(after >= before - 2 for before, after in pairwise(line))
    assert line[0] < 25
    assert line[8] > 60
    assert line[-1] > 180
    assert segments[0].init[segments[0].init.index(b"colrnclx") + 8 :][:6] == b"\0\1\0\1\0\1"


def test_pixels_that_are_not_square_are_shown_as_they_are_meant() -> None:
    content = filmed("-vf", "setsar=2", seconds=1, size="64x64")
    (video,) = presented(content).videos
    assert (video.rung.width, video.rung.height) == (128, 64)


def test_a_recording_without_pictures_is_a_stream_of_sound() -> None:
    presentation = presentation_of(Index(duration=10, audio=(sound(48_000),)), heights=HEIGHTS, segment_seconds=2.0)
    assert (presentation.videos, [audio.name for audio in presentation.audios]) == ((), ["audio0"])


def test_no_rung_takes_more_than_its_source_does() -> None:
    """A film in which little happens: what is smaller is cheaper, too."""
    quiet = replace(track(), bit_rate=600_000)
    rungs = ladder_of(quiet, HEIGHTS)
    assert rungs[0].bits == 900_000
    assert [after.bits < before.bits for before, after in pairwise(rungs)] == [True] * 4
    assert [rung.bits for rung in ladder_of(replace(quiet, codec="mpeg2video"), HEIGHTS)] == [
        rung.bits for rung in ladder_of(track(), HEIGHTS)
    ]
