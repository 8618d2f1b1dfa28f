"""Captions of HLS come in segments of a minute, at the times of the recording."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from mediaworks.errors import NotFound
from mediaworks.processing import Cue, Index, VideoTrack, presentation_of, read_captions
from mediaworks.streaming.captions.playlists import subtitle_playlist
from mediaworks.streaming.captions.segments import TIMESTAMP_MAP, segment
from mediaworks.streaming.model import Playable

CUES = [
    Cue(1_000, 2_000, "first"),
    Cue(59_000, 61_000, "over the boundary"),
    Cue(60_000, 60_500, "from the boundary on"),
    Cue(119_000, 301_000, "over everything", "line:0"),
    Cue(250_000, 260_000, "last"),
]


def lasting(seconds: int) -> Playable:
    track = VideoTrack(
        stream=0, codec="h264", profile=None, width=160, height=90, pixel_format="yuv420p", hdr="sdr", rate=(25, 1),
        frames=25 * seconds, widest_gap=1, keyframes=(0.0,), bit_rate=None,
    )  # fmt: skip
    presentation = presentation_of(Index(duration=seconds, video=track), heights=(90,), segment_seconds=2)
    return Playable(
        media_id=uuid4(), user_id=uuid4(), is_private=True, sha256="0" * 64, storage_key="", size_bytes=0, mime_type="video/mp4",
        presentation=presentation, segment_seconds=2,
    )  # fmt: skip


RECORDING = lasting(270)


def listed(playable: Playable) -> list[tuple[float, str]]:
    found = re.findall(r"#EXTINF:([\d.]+),\n(\S+)", subtitle_playlist(playable, "x"))
    return [(float(seconds), name) for seconds, name in found]


def texts(playable: Playable, number: int) -> list[str]:
    return [cue.text for cue in read_captions(segment(playable, CUES, number))]


def test_the_segments_are_as_long_as_the_recording() -> None:
    assert listed(RECORDING) == [(60, "0.vtt"), (60, "1.vtt"), (60, "2.vtt"), (60, "3.vtt"), (30, "4.vtt")]
    assert "#EXT-X-TARGETDURATION:60\n" in subtitle_playlist(RECORDING, "x")
    assert listed(lasting(60)) == [(60, "0.vtt")]
    assert listed(lasting(7)) == [(7, "0.vtt")]


def test_what_is_to_be_read_over_a_boundary_is_in_both_segments() -> None:
    assert [texts(RECORDING, number) for number in range(5)] == [
        ["first", "over the boundary"],
        ["over the boundary", "from the boundary on", "over everything"],
        ["over everything"],
        ["over everything"],
        ["over everything", "last"],
    ]


def test_a_cue_is_the_same_wherever_it_stands() -> None:
    found = [read_captions(segment(RECORDING, CUES, number)) for number in range(5)]
    assert {cue for cues in found for cue in cues} == set(CUES)


def test_a_segment_says_that_its_times_are_those_of_the_pictures() -> None:
    head, blank, *_ = segment(RECORDING, CUES, 0).decode().partition("\n\n")
    assert (head, blank) == (f"WEBVTT\n{TIMESTAMP_MAP}", "\n\n")


def test_a_segment_without_a_word_is_valid() -> None:
    assert segment(RECORDING, [], 2).decode() == f"WEBVTT\n{TIMESTAMP_MAP}\n\n"


def test_a_clip_has_the_segments_that_it_needs_and_what_is_read_in_it() -> None:
    clip = RECORDING.cut("60.2", "190")
    query = "?start=60.2&end=190"
    assert listed(clip) == [(59.8, f"1.vtt{query}"), (60, "2.vtt"), (10, f"3.vtt{query}")]
    assert texts(clip, 1) == ["over the boundary", "from the boundary on", "over everything"]
    assert texts(RECORDING.cut("61", None), 1) == ["over everything"]
    (cue,) = read_captions(segment(clip, CUES, 3))
    assert cue == CUES[3]


def test_a_clip_of_whole_minutes_shares_its_segments() -> None:
    assert listed(RECORDING.cut("60", "180")) == [(60, "1.vtt"), (60, "2.vtt")]


@pytest.mark.parametrize(("clip", "number"), [((None, None), 5), (("60", "120"), 0), (("60", "120"), 2)])
def test_there_are_no_other_segments(clip: tuple[str | None, str | None], number: int) -> None:
    with pytest.raises(NotFound) as refusal:
        segment(RECORDING.cut(*clip), CUES, number)
    assert refusal.value.code == "segment_not_found"
