"""Pictures that are played as they were coded: what is cut from the file shows what the file shows."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import pytest
from tests.processing.conftest import as_descriptor
from tests.processing.video.filming import (
    H264,
    MIMES,
    PROGRAMS,
    Segment,
    delays_of,
    filmed,
    indexed,
    made,
    pictures_of_file,
)

from mediaworks.errors import Unprocessable
from mediaworks.processing import CopiedRendition, presentation_of
from mediaworks.processing.video.boxes import decode_time
from mediaworks.processing.video.model import Cut, Packets
from mediaworks.processing.video.packets import CutGrid
from mediaworks.processing.video.remuxing import remuxed

X264 = ("-c:v", "libx264", "-preset", "medium", "-pix_fmt", "yuv420p")
WITH_SOUND = (
    "-f",
    "lavfi",
    "-i",
    "sine=d=3",
    "-c:a",
    "aac",
    "-metadata",
    "title=secret",
    "-metadata:s",
    "language=ger",
)
VARIABLE = ("-vf", "select='not(eq(mod(n,7),3))',setpts=PTS+mod(N*7\\,5)*0.004/TB", "-fps_mode", "vfr")
FILMS = {
    "mp4": ((*WITH_SOUND,), "mp4", (*X264, "-g", "13")),
    "pyramid": ((), "mp4", (*X264, "-g", "24", "-bf", "8", "-x264-params", "b-pyramid=normal:b-adapt=0")),
    "mov": (("-movflags", "+faststart"), "mov", (*X264, "-g", "13", "-bf", "0")),
    "negative offsets": (("-movflags", "+negative_cts_offsets"), "mp4", (*X264, "-g", "13")),
    "mkv": ((*WITH_SOUND,), "mkv", (*X264, "-g", "13")),
    "variable": (VARIABLE, "mp4", (*X264, "-g", "13")),
}


@cache
def film(name: str) -> bytes:
    more, suffix, codec = FILMS[name]
    return filmed(*more, rate="24000/1001", seconds=3, suffix=suffix, codec=codec)


def source_of(content: bytes, suffix: str = "mp4", *, heights: Sequence[int] = (64,)) -> CopiedRendition | None:
    return presentation_of(indexed(content, suffix), heights=heights, segment_seconds=1.0).source


def cut(content: bytes, source: CopiedRendition, suffix: str, numbers: Sequence[int]) -> list[Segment]:
    with as_descriptor(content) as descriptor:
        found = [(number, remuxed(descriptor, source.segment(number, MIMES[suffix]))) for number in numbers]
    return [Segment(number, one.init, one.data) for number, one in found]


def decoded_by(program: Path, content: bytes, folder: Path) -> bytes:
    """The pixels of every picture, one after another."""
    file = folder / "content"
    file.write_bytes(content)
    told = ("-i", file, "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1")
    return subprocess.run([program, "-nostdin", "-v", "error", *told], capture_output=True, check=True).stdout


def times_of(content: bytes) -> list[Fraction]:
    with av.open(io.BytesIO(content), "r") as container:
        frames = container.decode(video=0)
        return [frame.pts * frame.time_base for frame in frames if frame.pts is not None and frame.time_base]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.parent.name)
@pytest.mark.parametrize("name", FILMS)
def test_segments_show_the_very_pictures_of_the_source(name: str, program: Path, tmp_path: Path) -> None:
    """Cut in any order; each can be decoded alone."""
    content, suffix = film(name), FILMS[name][1]
    source = source_of(content, suffix)
    assert source is not None
    assert source.grid.segments == 3
    segments = sorted(cut(content, source, suffix, [1, 0, 2]), key=lambda one: one.number)
    alone = b"".join(decoded_by(program, one.init + one.data, tmp_path) for one in segments)
    assert alone == b"".join(pictures_of_file(content))


@pytest.mark.parametrize("name", FILMS)
def test_every_picture_has_the_time_that_it_has_in_the_source(name: str) -> None:
    content, suffix = film(name), FILMS[name][1]
    source = source_of(content, suffix)
    assert source is not None
    segments = cut(content, source, suffix, range(source.grid.segments))
    assert {one.init for one in segments} == {segments[0].init}
    assert [decode_time(one.data) for one in segments] == list(source.grid.begins)
    assert [delays_of(one)[0] for one in segments] == [0] * len(segments)
    together = segments[0].init + b"".join(one.data for one in segments)
    assert pictures_of_file(together) == pictures_of_file(content)
    shown = times_of(together)
    moved = shown[0] - source.grid.start(0)  # what ffmpeg adds where offsets are negative
    shift = Fraction(source.packets.shift, source.packets.timescale)
    assert [time - moved for time in shown] == [time - shift for time in times_of(content)]
    for one in segments:
        with av.open(io.BytesIO(one.init + one.data), "r") as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
            assert packets[0].is_keyframe
            lasts = sum(packet.duration or 0 for packet in packets) * (packets[0].time_base or 0)
        assert lasts == source.grid.seconds(one.number)


def test_what_is_promised_is_what_is_sent() -> None:
    content = film("mp4")
    source = source_of(content)
    assert source is not None
    segments = cut(content, source, "mp4", range(source.grid.segments))
    at = segments[0].init.index(b"avcC") + 5
    assert source.rung.codec == f"avc1.{segments[0].init[at : at + 3].hex()}"
    bits = [len(one.data) * 8 / source.grid.seconds(one.number) for one in segments]
    assert max(bits) == pytest.approx(source.peak_bits, rel=0.15)
    assert sum(len(one.data) for one in segments) * 8 / 3 == pytest.approx(source.rung.bits, rel=0.15)
    assert b"secret" not in segments[0].init + segments[0].data


def test_a_still_is_the_first_picture_of_its_segment() -> None:
    content = film("mp4")
    source = source_of(content)
    assert source is not None
    (segment,) = cut(content, source, "mp4", [1])
    with as_descriptor(content) as descriptor:
        still = remuxed(descriptor, source.still(1, "video/mp4"))
    assert still.init == segment.init
    assert pictures_of_file(still.init + still.data) == pictures_of_file(segment.init + segment.data)[:1]


REASONS = {
    "another codec": ((), "mp4", ("-c:v", "mpeg4", "-g", "10")),
    "another container": ((), "avi", H264),
    "10 bits": ((), "mp4", ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le")),
    "4:4:4": ((), "mp4", ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p")),
    "the full range": ((), "mp4", ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuvj420p")),
    "high dynamic range": (("-vf", "setparams=color_trc=smpte2084"), "mp4", H264),
    "pixels that are not square": (("-vf", "setsar=2"), "mp4", H264),
    "two fields": ((), "mp4", (*H264, "-flags", "+ilme+ildct", "-x264opts", "tff=1")),
    "120 pictures a second": (("-r", "120"), "mp4", H264),
    "fragments": (("-movflags", "+frag_keyframe+empty_moov"), "mp4", H264),
    "parameters among the pictures": (("-tag:v", "avc3"), "mp4", H264),
    "a later beginning": (("-f", "lavfi", "-i", "sine=d=2", "-vf", "setpts=PTS+1/TB", "-c:a", "aac"), "mp4", H264),
}


@pytest.mark.parametrize("reason", REASONS)
def test_what_players_may_not_know_is_encoded(reason: str) -> None:
    more, suffix, codec = REASONS[reason]
    assert source_of(filmed(*more, seconds=2, suffix=suffix, codec=codec), suffix) is None


def test_groups_of_more_than_ten_seconds_are_encoded() -> None:
    long = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "999", "-sc_threshold", "0")
    assert source_of(filmed(rate="5", seconds=9, codec=long)) is not None
    assert source_of(filmed(rate="5", seconds=11, codec=long)) is None


GROUPS = {
    "each needs the one before": "open-gop=1:bframes=3:b-adapt=0",
    "they are refreshed piece by piece": "intra-refresh=1",
}


@pytest.mark.parametrize("reason", GROUPS)
def test_groups_that_only_look_as_if_they_needed_nothing_are_no_cuts(reason: str) -> None:
    codec = (*X264, "-x264-params", f"keyint=12:{GROUPS[reason]}")
    assert source_of(filmed(rate="5", seconds=11, codec=codec)) is None


def test_what_is_turned_is_encoded() -> None:
    turned = made("-display_rotation:v:0", "90", "-i", "IN", "-c", "copy", before=film("mp4"))
    mirrored = made("-display_rotation:v:0", "180", "-i", "IN", "-c", "copy", before=film("mp4"))
    assert (source_of(turned), source_of(mirrored)) == (None, None)


def test_a_recording_that_was_cut_within_a_group_is_encoded() -> None:
    """Its edit list hides pictures that the others need."""
    assert source_of(made("-ss", "0.7", "-i", "IN", "-c", "copy", before=film("mp4"))) is None


def test_the_source_is_not_shown_where_it_is_larger_than_what_is_allowed() -> None:
    content = film("mp4")
    assert source_of(content, heights=(32, 63)) is None
    assert source_of(content, heights=(32, 64)) is not None


def test_the_encoded_rung_of_its_size_stays_where_the_source_takes_much_more() -> None:
    small, large = (
        presentation_of(indexed(filmed(seconds=2, codec=(*X264, "-g", "25", "-qp", quality))), heights=(32, 64), segment_seconds=1.0)
        for quality in ("45", "1")
    )  # fmt: skip
    assert [video.name for video in small.shown] == ["source"]
    assert [video.name for video in large.shown] == ["source", "64p", "32p"]
    assert small.named("64p") is not None
    assert [video.name for video in small.encoded().shown] == ["64p", "32p"]


def test_a_file_that_is_not_as_its_index_says_is_refused() -> None:
    content = film("mp4")
    source = source_of(content)
    assert source is not None
    with pytest.raises(Unprocessable) as refusal:
        cut(film("pyramid"), source, "mp4", [1])
    assert refusal.value.code == "index_contradicted"


@pytest.mark.parametrize(
    ("cuts", "begins"),
    [
        ([0, 10, 20, 30, 40], [0, 20, 40]),
        ([0, 12, 24, 36, 48], [0, 24, 48]),
        ([0, 19, 24, 38], [0, 19, 38]),
        ([0, 5, 24, 30], [0, 24]),
        ([0, 30, 60], [0, 30, 60]),
        ([0, 15, 35], [0, 15, 35]),
        ([0], [0]),
    ],
)
def test_segments_are_of_the_groups_that_come_nearest(cuts: list[int], begins: list[int]) -> None:
    packets = Packets(codec="avc1.64000a", timescale=10, cuts=tuple(Cut(time, 3) for time in cuts), end=cuts[-1] + 9)
    grid = CutGrid.of(packets, Fraction(25), 2.0)
    assert list(grid.begins) == begins
    assert sum(grid.sizes) == 3 * len(cuts)
    assert sum(grid.seconds(number) for number in range(grid.segments)) == Fraction(packets.end, 10)
