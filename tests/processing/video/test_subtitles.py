"""Files of captions become cues that can be shown anywhere and do nothing else."""

from __future__ import annotations

import pytest

from mediaworks.errors import Unprocessable, UnsupportedType
from mediaworks.processing.video.cues import Cue, between, webvtt
from mediaworks.processing.video.subtitles import MOST_CUES, read_captions

SRT = "1\n00:00:01,000 --> 00:00:02,500\n{}\n"
ASS = "[Script Info]\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:01.00,0:00:02.50,Default,{}\n"
VTT = "WEBVTT\n\nNOTE nobody reads this\n\nSTYLE\n::cue {{ color: red }}\n\n00:01.000 --> 00:02.500{}\n{}\n"


def text_of(file: str) -> str:
    (cue,) = read_captions(file.encode())
    assert (cue.start, cue.end) == (1000, 2500)
    return cue.text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<i>so</i> <font color='red'>red</font>", "<i>so</i> red"),
        ("<I>never closed", "<i>never closed</i>"),
        ("<i>one <b>two</i> three</b>", "<i>one <b>two</b></i> three"),
        ("a --> b", "a --&gt; b"),
        ("{\\an8}above {laughs}", "above {laughs}"),
        ("one\r\ntwo", "one\ntwo"),
    ],
)
def test_of_subrip_italics_bold_and_underlining_stay(raw: str, shown: str) -> None:
    assert text_of(SRT.format(raw)) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (r"{\i1\pos(10,20)}ice{\i0}, cold", "<i>ice</i>, cold"),
        (r"one\Ntwo\hthree", "one\ntwo\u00a0three"),
        (r"{\c&HFFFFFF&}a <b> & c", "a &lt;b&gt; &amp; c"),
        (r"commas, many, of, them", "commas, many, of, them"),
    ],
)
def test_of_ass_the_override_codes_go_and_italics_stay(raw: str, shown: str) -> None:
    assert text_of(ASS.format(raw)) == shown


def test_drawings_of_ass_are_no_captions() -> None:
    assert read_captions(ASS.format(r"{\p1}m 0 0 l 9 9{\p0}").encode()) == []


def test_of_webvtt_places_stay_and_entities_stand_for_characters() -> None:
    (cue,) = read_captions(VTT.format(" line:10% align:start onclick:x", "<v Bob>a &lt;i> <c.red>b</c>").encode())
    assert (cue.text, cue.settings) == ("a &lt;i&gt; b", "line:10% align:start")


def test_what_stands_above_stays_above() -> None:
    (cue,) = read_captions(SRT.format("{\\an8}above").encode())
    assert cue.settings == "line:0"


def test_what_was_written_is_read_as_it_was() -> None:
    cues = [Cue(0, 999, "<i>a</i> &lt;b&gt; &amp;amp;"), Cue(3_600_000, 360_000_001, "two\nlines", "line:0")]
    assert read_captions(webvtt(cues)) == cues


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encodings_of_editors_are_understood(encoding: str) -> None:
    (cue,) = read_captions(SRT.format("Grüße").encode(encoding))
    assert cue.text == "Grüße"


def test_cues_of_a_stretch_are_counted_from_its_beginning() -> None:
    cues = [Cue(0, 1000, "gone"), Cue(500, 2500, "cut"), Cue(3000, 9000, "cut too"), Cue(5000, 6000, "gone")]
    assert list(between(cues, 1000, 4000)) == [Cue(0, 1500, "cut"), Cue(2000, 3000, "cut too")]


def test_cues_that_end_before_they_begin_are_left_out() -> None:
    assert read_captions(b"00:00:05,000 --> 00:00:01,000\nnever\n") == []


def test_there_is_a_limit_of_cues() -> None:
    with pytest.raises(Unprocessable) as refusal:
        read_captions(SRT.format("a\n").encode() * (MOST_CUES + 1))
    assert refusal.value.facts == {"limit": MOST_CUES}


@pytest.mark.parametrize("data", [b"", b"hello", b"\x00" * 100, b"\xff\xfe\x00", b"PK\x03\x04"])
def test_what_is_no_file_of_captions_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedType):
        read_captions(data)
