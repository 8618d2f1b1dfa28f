"""Every recording of the corpus plays, in its lowest rung and in each sound track, or is refused with the right reason."""

from __future__ import annotations

import io
import os
from pathlib import Path

import av
import pytest
from tests.processing.video.filming import encoded

from mediaworks.errors import Unprocessable
from mediaworks.processing import AnyRendition, Presentation, VideoRendition, presentation_of, sniff
from mediaworks.processing.video.index import index_of

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
SECONDS = 2.0
PLAYS = {  # seconds, size and codec of the picture, sound tracks
    "audio/bbb_2ch_44kHz.wav": (1.0, None, None, 1),
    "audio/bbb_6ch_8kHz_opus.ogg": (3.0, None, None, 1),
    "audio/bear-cbr-no-seek-table-trailing-garbage.mp3": (2.8, None, None, 1),
    "audio/bear.flac": (2.7, None, None, 1),
    "audio/bear_vorbis_with_large_metadata.ogg": (2.7, None, None, 1),
    "audio/bear_with_vorbis_comments.flac": (2.7, None, None, 1),
    "audio/sample_96khz.wav": (1.0, None, None, 1),
    "audio/sine_24le.wav": (1.0, None, None, 1),
    "video/bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4": (4.0, (1137, 640), "h264", 0),
    "video/bbb_960x540_60fps_vp8.webm": (1.0, (960, 540), "vp9", 1),
    "video/bear-vp9-odd-dimensions.webm": (1.0, (161, 121), "vp9", 0),
    "video/hdr10-av1.mp4": (4.2, (720, 1280), "av1", 1),
    "video/hlg10-color-test.mp4": (0.3, (1920, 1080), "hevc", 1),
    "video/internal_emulator_transformer_output_270_rotated.mp4": (5.0, (720, 1280), "h264", 1),
    "video/long_1080p_lowbitrate.mp4": (362.8, (1920, 1080), "h264", 1),
    "video/long_180p_av1.mp4": (362.8, (320, 180), "av1", 1),
    "video/portrait_4k60.mp4": (0.3, (2160, 3840), "h264", 1),
    "video/sample.mp4": (1.1, (1080, 720), "h264", 1),
    "video/sample_12_5fps_720p_1s.mp4": (1.0, (1280, 720), "h264", 1),
    "video/sample_edit_list.mp4": (2.6, (1080, 1920), "hevc", 1),
    "video/sample_empty_track.mp4": (1.1, (1080, 720), "h264", 1),
    "video/sample_fragmented.mp4": (1.1, (1080, 720), "h264", 1),
    "video/sample_mdat_too_long.mp4": (1.1, (1080, 720), "h264", 1),
    "video/sample_missing_stsd.mp4": (1.1, (1080, 720), "h264", 0),
    "video/sample_portrait.mp4": (1.1, (720, 1080), "h264", 1),
    "video/sample_rotate_and_reflect.mp4": (1.1, (720, 1080), "h264", 1),
    "video/sample_with_ass_subtitles.mkv": (1.1, (1080, 720), "h264", 1),
    "video/sample_with_chapters.mp4": (1.1, (1080, 720), "h264", 1),
    "video/sample_with_increasing_timestamps_360p.mp4": (17.1, (640, 360), "h264", 1),
    "video/sample_with_srt.mkv": (1.2, (1080, 720), "h264", 1),
    "video/sample_with_vtt_subtitles.mkv": (1.2, (1080, 720), "h264", 1),
    "video/sample_without_stss.mp4": (1.0, (1080, 720), "h264", 0),
}
REFUSED = {
    "audio/100kB-garbage-prefix.mp3": "unsupported_type",
    "video/sample_malformed_free_box.mp4": "unreadable_media",
}
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real media is not beside this checkout")


def presented(path: Path) -> Presentation:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        found = sniff(os.pread(descriptor, 4096, 0))
        if found is None:
            raise Unprocessable(code="unsupported_type")
        index = index_of(descriptor, found.mime, 300_000_000)
    finally:
        os.close(descriptor)
    return presentation_of(index, heights=(240,), segment_seconds=SECONDS)


def seconds_of(path: Path, rendition: AnyRendition, number: int) -> float:
    """How long a segment plays."""
    (fragment,) = encoded(path.read_bytes(), rendition, number, 1, path.suffix[1:])
    with av.open(io.BytesIO(fragment.init + fragment.data), "r", format="mp4") as container:
        stream = container.streams[0]
        lengths = [packet.duration for packet in container.demux(stream) if packet.size]
        return float(sum(filter(None, lengths)) * (stream.time_base or 0))


@pytest.mark.parametrize("name", PLAYS)
def test_a_real_recording_plays_at_its_beginning_middle_and_end(name: str) -> None:
    seconds, size, codec, sounds = PLAYS[name]
    found = presented(CORPUS / name)
    assert found.index.duration == pytest.approx(seconds, abs=0.06)
    assert len(found.audios) == sounds
    assert [(video.track.width, video.track.height, video.track.codec) for video in found.videos[-1:]] == (
        [] if size is None else [(*size, codec)]
    )
    lowest: list[AnyRendition] = [*found.videos[-1:], *found.audios]
    for rendition in lowest:
        _plays(CORPUS / name, rendition)


def _plays(path: Path, rendition: AnyRendition) -> None:
    last = rendition.grid.segments - 1
    for number in sorted({0, last // 2, last}):
        told = float(rendition.grid.seconds(number))
        frame = 1 / float(rendition.grid.rate) if isinstance(rendition, VideoRendition) else 0.03
        assert seconds_of(path, rendition, number) == pytest.approx(told, abs=1.1 * frame)


@pytest.mark.parametrize("name", REFUSED)
def test_a_real_recording_that_is_broken_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(Unprocessable) as refusal:
        presented(CORPUS / name)
    assert refusal.value.code == REFUSED[name]


def test_every_recording_of_the_corpus_is_in_these_tables() -> None:
    there = {
        f"{path.parent.name}/{path.name}" for path in CORPUS.glob("*/*.*") if path.parent.name in {"audio", "video"}
    }
    assert there <= PLAYS.keys() | REFUSED.keys()
