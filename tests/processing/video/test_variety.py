"""Recordings of every structure play at their beginning, in their middle and at their end, as long as their lists say."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
from tests.processing.video.filming import (
    PROGRAMS,
    encoded,
    filmed,
    made,
    pictures_of,
    presented,
    samples_of,
    show_the_same,
)

from mediaworks.processing import AnyRendition, Presentation, VideoRendition, sniff
from mediaworks.testing import media

TONE = ("-f", "lavfi", "-i", "sine=d=4:r=44100")
LOW_TONE = ("-f", "lavfi", "-i", "sine=f=99:d=4:r=22050")
LATE = ("-itsoffset", "1.5", "-f", "lavfi", "-i", "sine=d=2.5")
MPEG4 = ("-c:v", "mpeg4", "-bf", "2", "-c:a", "mp3")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")
INTERLACED = ("-c:v", "libx264", "-preset", "ultrafast", "-flags", "+ilme+ildct", "-x264-params", "tff=1", "-g", "50")
ODD = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "50")
Made = Callable[[], bytes]


def played_live() -> bytes:
    """WebM as it comes out of a browser: without a duration and without cues."""
    return filmed(*TONE, "-f", "webm", "-live", "1", codec=VP9, suffix="webm")


def with_an_attachment() -> bytes:
    told = ("-metadata:s:t", "mimetype=text/plain", "-metadata:s:t", "filename=a.txt")
    return filmed(*TONE, "-c:a", "aac", "-attach", __file__, *told, suffix="mkv")


def turned(degrees: int) -> Made:
    return lambda: made("-display_rotation", str(degrees), "-i", "IN", "-c", "copy", before=filmed(*TONE, seconds=4))


def song_with_a_cover() -> bytes:
    maps = ("-i", "IN", "-map", "0", "-map", "1", "-c:a", "aac", "-c:v", "copy", "-disposition:v", "attached_pic")
    return made(*TONE, *maps, suffix="m4a", before=media.image())


def two_sounds() -> bytes:
    maps = ("-map", "0", "-map", "1", "-map", "2", "-c:a", "aac", "-ar:a:0", "44100", "-ar:a:1", "22050")
    return filmed(*TONE, *LOW_TONE, *maps)


FILES: Mapping[str, tuple[str, Made, tuple[int, int] | None, int]] = {  # suffix, file, size, sounds
    "odd-size.mp4": ("mp4", lambda: filmed(*TONE, "-vf", "format=yuv444p,scale=97:65,setsar=1", codec=ODD), (97, 65), 1),
    "upside-down.mp4": ("mp4", turned(180), (96, 64), 1),
    "turned-left.mp4": ("mp4", turned(270), (64, 96), 1),
    "b-frames.avi": ("avi", lambda: filmed(*TONE, codec=MPEG4, suffix="avi"), (96, 64), 1),
    "live.webm": ("webm", played_live, (96, 64), 1),
    "interlaced.mp4": ("mp4", lambda: filmed(*TONE, codec=INTERLACED), (96, 64), 1),
    "anamorphic.mp4": ("mp4", lambda: filmed(*TONE, "-vf", "setsar=2"), (192, 64), 1),
    "two-sounds.mp4": ("mp4", two_sounds, (96, 64), 2),
    "late-sound.mp4": ("mp4", lambda: filmed(*LATE, "-c:a", "aac"), (96, 64), 1),
    "late-sound.mkv": ("mkv", lambda: filmed(*LATE, "-c:a", "aac", suffix="mkv"), (96, 64), 1),
    "attachment.mkv": ("mkv", with_an_attachment, (96, 64), 1),
    "timecode.mov": ("mov", lambda: filmed(*TONE, "-c:a", "pcm_s16le", "-timecode", "01:00:00:00", suffix="mov"), (96, 64), 1),
    "cover.m4a": ("m4a", song_with_a_cover, None, 1),
}  # fmt: skip


@cache
def content_of(name: str) -> bytes:
    return FILES[name][1]()


def shown(name: str) -> Presentation:
    return presented(content_of(name), FILES[name][0])


def seconds_of(content: bytes) -> float:
    """From the first picture or sound to the end of the last."""
    with av.open(io.BytesIO(content), "r", format="mp4") as container:
        stream = container.streams[0]
        base, lengths = stream.time_base or 0, [packet.duration for packet in container.demux(stream) if packet.size]
    with av.open(io.BytesIO(content), "r", format="mp4") as container:
        assert len(list(container.decode(container.streams[0]))) == len(lengths)
    return float(sum(filter(None, lengths)) * base)


@pytest.mark.parametrize("name", FILES)
def test_it_plays_at_its_beginning_in_its_middle_and_at_its_end(name: str) -> None:
    suffix, _, size, sounds = FILES[name]
    presentation = shown(name)
    video = presentation.index.video
    assert (None if video is None else (video.width, video.height)) == size
    assert len(presentation.audios) == sounds
    assert presentation.seconds == pytest.approx(4, abs=0.1)
    renditions: list[AnyRendition] = [*presentation.videos[-1:], *presentation.audios]
    for rendition in renditions:
        middle = rendition.grid.segments // 2
        runs = (
            encoded(content_of(name), rendition, 0, 1, suffix),
            encoded(content_of(name), rendition, middle, 99, suffix),
        )
        frame = 0.04 if isinstance(rendition, VideoRendition) else 0.03
        for fragment in (fragment for run in runs for fragment in run):
            told = float(rendition.grid.seconds(fragment.number))
            assert seconds_of(fragment.init + fragment.data) == pytest.approx(told, abs=1.1 * frame)
        assert runs[1][-1].number == rendition.grid.segments - 1


@pytest.mark.parametrize("name", ["late-sound.mp4", "late-sound.mkv"])
def test_before_sound_that_begins_late_there_is_silence(name: str) -> None:
    (audio,) = shown(name).audios
    fragments = encoded(content_of(name), audio, 0, audio.grid.segments, FILES[name][0])
    samples = samples_of(fragments[0].init + b"".join(fragment.data for fragment in fragments), rate=48_000)
    rate = samples.shape[1] / float(sum(audio.grid.seconds(number) for number in range(audio.grid.segments)))
    silent, heard = (np.abs(samples[:, int(a * rate) : int(b * rate)]).max() for a, b in ((0, 1.45), (1.6, 3.9)))
    assert silent < 0.01 < 0.05 < heard


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.parent.name)
def test_fields_become_whole_pictures_the_same_in_every_run(program: Path) -> None:
    """Two fields of what moves fast are a comb: each line differs from those above and below it."""
    content = filmed("-vf", "scroll=h=0.04,tinterlace=interleave_top", rate="50", seconds=2, codec=INTERLACED)
    (video,) = presented(content).videos
    whole = pictures_of(encoded(content, video, 0, 2, program=program))
    with av.open(io.BytesIO(content), "r", format="mp4") as container:
        fields = [frame.to_ndarray().astype(np.int16) for frame in container.decode(video=0)]
    assert video.track.is_interlaced
    assert np.mean([combed(picture) for picture in whole]) < 0.5 * np.mean([combed(picture) for picture in fields])
    assert show_the_same(pictures_of(encoded(content, video, 1, 1, program=program)), whole[25:])


def combed(picture: np.ndarray) -> float:
    luma = picture[:64]
    return float(np.abs(2 * luma[1:-1] - luma[:-2] - luma[2:]).mean())


def test_a_transport_stream_is_no_type_that_is_taken() -> None:
    assert sniff(filmed(seconds=1, suffix="ts")[:4096]) is None
