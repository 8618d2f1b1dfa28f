"""A clip shows just its frames: whole segments are those of the recording, at the ends pieces are made for it alone."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.processing.video.filming import encoded, filmed, made, pictures_of, presented, show_the_same

from mediaworks.errors import Invalid
from mediaworks.processing import Presentation
from mediaworks.processing.video.boxes import decode_time
from mediaworks.streaming.clips.model import clip_of, pieces


@pytest.fixture(scope="module")
def film() -> bytes:
    return filmed(seconds=4)


@pytest.fixture(scope="module")
def presentation(film: bytes) -> Presentation:
    return presented(film)


@pytest.mark.parametrize(("start", "end"), [("0.2", "2.6"), ("1", "3"), ("1.1", "1.5"), ("2.96", None), (None, "0.04")])
def test_a_clip_shows_just_its_frames(
    film: bytes, presentation: Presentation, start: str | None, end: str | None
) -> None:
    clip = clip_of(presentation, start, end)
    assert clip is not None
    (video,) = presentation.videos
    shown = list(pieces(video, clip))
    made_of = [fragment for piece in shown for fragment in encoded(film, piece.of(video), 0, 1)]
    whole = encoded(film, video, 0, video.grid.segments)
    first, last = round(clip.start * 25), round(clip.end * 25)
    assert show_the_same(pictures_of(made_of), pictures_of(whole)[first:last])
    assert [decode_time(fragment.data) for fragment in made_of] == [piece.begin for piece in shown]
    assert {fragment.init for fragment in made_of} == {whole[0].init}
    assert sum(piece.seconds(video) for piece in shown) == clip.seconds


def test_segments_that_lie_wholly_inside_are_those_of_the_recording(presentation: Presentation) -> None:
    clip = clip_of(presentation, "0.5", "3.5")
    assert clip is not None
    shown = list(pieces(presentation.videos[0], clip))
    assert [(piece.number, piece.is_whole) for piece in shown] == [(0, False), (1, True), (2, True), (3, False)]


def test_sound_reaches_from_a_packet_before_to_one_behind() -> None:
    tone = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=4", "-c:a", "aac")
    presentation = presented(made(*tone, suffix="m4a"), "m4a")
    clip = clip_of(presentation, "0.5", "2.5")
    assert clip is not None
    (audio,) = presentation.audios
    shown = list(pieces(audio, clip))
    begin, end = (Fraction(at * 1024, 48_000) for at in (shown[0].begin, shown[-1].end))
    assert clip.start - Fraction(1024, 48_000) < begin <= clip.start
    assert clip.end <= end < clip.end + Fraction(1024, 48_000)
    assert [piece.end for piece in shown[:-1]] == [piece.begin for piece in shown[1:]]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [("5", None, "start"), ("4", None, "start"), ("2", "2", "end"), ("3", "1", "end"), ("-1", "1", "start"), ("x", None, "start"), ("1", "nan", "end"), ("1e3", None, "start")],
)  # fmt: skip
def test_what_cannot_be_is_named(presentation: Presentation, start: str, end: str | None, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clip_of(presentation, start, end)
    assert refusal.value.facts["field"] == field


def test_without_a_beginning_or_end_nothing_is_cut(presentation: Presentation) -> None:
    assert clip_of(presentation, None, None) is None
