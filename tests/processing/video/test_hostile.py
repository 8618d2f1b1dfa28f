"""Files that lie, break off or hide something end in a clear answer within the deadline, and leave nothing behind."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.processing.conftest import MAX_PIXELS, SIZES, as_descriptor, children
from tests.processing.video import crooked
from tests.processing.video.filming import filmed, sounding

from mediaworks.errors import MediaworksError, TooManyPixels, UnsupportedType
from mediaworks.processing import (
    INDEX,
    REMUX,
    UNDERSTAND,
    AnyRendition,
    Index,
    IndexRequest,
    Limits,
    ProcessingConfig,
    Sandbox,
    UnderstandRequest,
    encoding,
    ffmpeg,
    presentation_of,
    sniff,
)

PLAYS = "plays"
DEADLINE = 20.0
Outcome = Callable[[bytes], str]


class Bench:
    """One sandbox for all files."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._pool = Sandbox(ProcessingConfig(decoders=1))
        self._loop.run_until_complete(self._pool.start())
        self.children = children()

    def close(self) -> None:
        self._loop.run_until_complete(self._pool.close())
        self._loop.close()

    def index(self, descriptor: int, mime: str, max_pixels: int) -> Index:
        request = IndexRequest(mime, max_pixels)
        return self._loop.run_until_complete(self._pool.run(INDEX, descriptor, request, deadline=DEADLINE))

    def outcome(self, content: bytes) -> str:
        """PLAYS, or the code of the refusal. Any other failure comes through."""
        try:
            with as_descriptor(content) as descriptor:
                self._loop.run_until_complete(asyncio.wait_for(self._play(descriptor, content[:4096]), DEADLINE))
        except MediaworksError as refusal:
            assert refusal.status in {415, 422}
            return refusal.code
        return PLAYS

    async def _play(self, descriptor: int, head: bytes) -> None:
        found = sniff(head)
        if found is None or found.mime not in PLAYABLE:
            raise UnsupportedType
        index = await self._pool.run(INDEX, descriptor, IndexRequest(found.mime, MAX_PIXELS), deadline=DEADLINE)
        presentation = presentation_of(index, heights=(240,), segment_seconds=2.0)
        if (source := presentation.source) is not None:
            await self._pool.run(REMUX, descriptor, source.segment(source.grid.segments - 1, found.mime))
        encoded: list[AnyRendition] = [*presentation.videos, *presentation.audios]
        for rendition in encoded:
            await _encode(descriptor, found.mime, rendition, 0)
            await _encode(descriptor, found.mime, rendition, rendition.grid.segments - 1)
        await self._pool.run(UNDERSTAND, descriptor, UnderstandRequest(found.mime, MAX_PIXELS, SIZES[:1]))


PLAYABLE = {
    "video/mp4", "video/quicktime", "video/x-matroska", "video/webm", "video/x-msvideo", "audio/mp4", "audio/mpeg",
    "audio/aac", "audio/flac", "audio/wav", "audio/ogg",
}  # fmt: skip


async def _encode(descriptor: int, mime: str, rendition: AnyRendition, number: int) -> None:
    limits = Limits(seconds=DEADLINE)
    program = ffmpeg("").path
    async with encoding(
        program, rendition, descriptor=descriptor, mime=mime, first=number, count=1, limits=limits
    ) as run:
        async for piece in run.pieces():
            assert piece.data


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def outcome(bench: Bench) -> Iterator[Outcome]:
    """What becomes of a file; afterwards no process is left of those that it needed."""
    began = time.monotonic()
    yield bench.outcome
    assert time.monotonic() - began < DEADLINE
    assert children() <= bench.children


@cache
def honest() -> bytes:
    """A small MP4 of 50 frames with its boxes behind the samples."""
    return filmed(seconds=2)


@cache
def fragmented() -> bytes:
    return filmed("-movflags", "+frag_keyframe+empty_moov+default_base_moof", seconds=3)


def test_an_honest_file_plays(outcome: Outcome) -> None:
    """So that the refusals below mean something."""
    assert (outcome(honest()), outcome(fragmented())) == (PLAYS, PLAYS)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file:///etc/passwd"/></svg>'
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        PLAYLIST,
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"file '/etc/passwd'\n",
        SVG,
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>file:///etc/passwd</BaseURL></MPD>',
        b"v=0\r\nc=IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n",
        b"[Script Info]\n[Fonts]\nfontname: x.ttf\n",
    ],
    ids=["empty", "one byte", "hls", "concat", "concat without a head", "svg", "dash", "sdp", "ass"],
)
def test_what_is_no_recording_is_told_by_its_content_and_never_opened(outcome: Outcome, content: bytes) -> None:
    assert outcome(content) == "unsupported_type"


@pytest.mark.parametrize("behind", [PLAYLIST, b"ffconcat version 1.0\nfile /etc/passwd\n", SVG])
@pytest.mark.parametrize(
    "head",
    [honest()[:32], b"ID3\x04\x00\x00\x00\x00\x00\x00", b"fLaC", b"OggS\x00\x02", b"RIFF\xff\xff\xff\x7fWAVE"],
    ids=["mp4", "mp3", "flac", "ogg", "wav"],
)
def test_a_list_behind_the_head_of_a_recording_is_never_followed(outcome: Outcome, head: bytes, behind: bytes) -> None:
    assert outcome(head + behind) != PLAYS


def test_what_claims_too_much_is_refused_with_its_reason(outcome: Outcome) -> None:
    small = honest()
    assert {
        "ten years": outcome(crooked.lasting(small, crooked.TEN_YEARS)),
        "ten years in Matroska": outcome(crooked.matroska_lasting(matroska(), crooked.TEN_YEARS)),
        "ten thousand tracks": outcome(crooked.with_tracks(small, 10_000)),
        "four billion samples": outcome(crooked.with_samples(small, 0xFFFF_FFF0)),
        "a picture of 30,000 by 30,000": outcome(avi_of(30_000)),
        "a codec that is not read": outcome(crooked.coded_as(small, b"jp2k")),
        "a picture every hour": outcome(crooked.lasting(small, 40 * 3600)),
    } == {
        "ten years": "too_long",
        "ten years in Matroska": "too_long",
        "ten thousand tracks": "unreadable_media",
        "four billion samples": "program_failed",
        "a picture of 30,000 by 30,000": "unreadable_media",
        "a codec that is not read": "codec_not_allowed",
        "a picture every hour": "too_slow",
    }


def test_more_pixels_than_allowed_are_refused_before_one_is_decoded(bench: Bench) -> None:
    with as_descriptor(honest()) as descriptor, pytest.raises(TooManyPixels) as refusal:
        bench.index(descriptor, "video/mp4", 96 * 64 - 1)
    assert refusal.value.facts == {"limit": 96 * 64 - 1}


def test_samples_that_lie_in_another_file_are_not_fetched(outcome: Outcome, tmp_path: Path) -> None:
    whole = filmed(seconds=1, suffix="mov")
    (tmp_path / "canary.mov").write_bytes(whole)
    (tmp_path / "lie.mov").write_bytes(crooked.elsewhere(whole, str(tmp_path / "canary.mov")))
    trusting = {"enable_drefs": "1", "use_absolute_path": "1"}
    with av.open(str(tmp_path / "lie.mov"), options=trusting) as container:
        assert sum(1 for _ in container.decode(video=0)) == 25, "the file must be a danger to who trusts it"
    assert outcome((tmp_path / "lie.mov").read_bytes()) != PLAYS


@cache
def matroska() -> bytes:
    return filmed(seconds=1, suffix="mkv")


def avi_of(side: int) -> bytes:
    """Its BITMAPINFOHEADER claims `side` pixels a side; nothing in its packets says otherwise."""
    content = filmed(seconds=0.2, suffix="avi", codec=("-c:v", "ffv1"))
    at = content.index(b"strf") + 12
    return content[:at] + struct.pack("<II", side, side) + content[at + 8 :]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_recording_that_breaks_off_plays_as_far_as_it_goes_or_is_refused(outcome: Outcome, share: float) -> None:
    ahead = filmed("-movflags", "+faststart", seconds=3)
    assert outcome(ahead[: int(len(ahead) * share)]) in {PLAYS, "program_failed", "unreadable_media"}
    assert outcome(honest()[: int(len(honest()) * share)]) in {"unreadable_media", "unsupported_type"}


def test_odd_clocks_and_sizes_play(outcome: Outcome) -> None:
    backwards = fragmented()
    at = backwards.rindex(b"tfdt") + 8
    backwards = backwards[:at] + bytes(8) + backwards[at + 8 :]
    quick = ("-vf", "settb=1/1000000,setpts=N", "-fps_mode", "passthrough", "-video_track_timescale", "1000000")
    assert {
        "a million a second": outcome(filmed(*quick, seconds=1)),
        "before zero": outcome(
            filmed("-output_ts_offset", "-1", "-avoid_negative_ts", "disabled", seconds=3, suffix="mkv")
        ),
        "backwards": outcome(backwards),
        "ten thousand edits": outcome(crooked.with_edits(honest(), 10_000, 0)),
        "another size in its headers": outcome(crooked.as_large_as(honest(), 30_000)),
    } == dict.fromkeys(
        ["a million a second", "before zero", "backwards", "ten thousand edits", "another size in its headers"], PLAYS
    )


def test_tables_of_samples_that_are_not_there_are_refused_in_time(outcome: Outcome) -> None:
    assert outcome(crooked.with_samples(honest(), 200_000)) == "program_failed"
    assert outcome(crooked.with_edits(honest(), 1, 0x7FFF_FFFF)) == "program_failed"


@cache
def seed(kind: str) -> bytes:
    """A small recording of that kind."""
    match kind:
        case "mp4":
            return filmed(seconds=0.4)
        case "mkv":
            return matroska()
        case _:
            codec = {"mp3": "libmp3lame", "wav": "pcm_s16le", "ogg": "libvorbis", "flac": "flac"}[kind]
            return sounding("-c:a", codec, suffix=kind, seconds=0.3)


@settings(max_examples=24, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(["mp4", "mkv", "mp3", "wav", "ogg", "flac"]),
    places=st.lists(st.integers(0, 1 << 16), min_size=1, max_size=8),
    garbage=st.binary(min_size=1, max_size=8),
    kept=st.integers(1, 8),
)
def test_garbage_anywhere_ends_in_an_answer(
    bench: Bench, kind: str, places: list[int], garbage: bytes, kept: int
) -> None:
    """Also in the sizes of boxes, elements, pages and chunks; what comes of it is a refusal or a recording."""
    broken = bytearray(seed(kind))
    for place in places:
        at = place % len(broken)
        broken[at : at + len(garbage)] = garbage
    assert bench.outcome(bytes(broken[: max(64, len(broken) * kept // 8)]))
    assert children() <= bench.children


def test_every_size_of_a_box_may_lie(outcome: Outcome) -> None:
    small = seed("mp4")
    places = [at for name in crooked.BOXES for at in crooked.sizes_of(small, name)]
    assert len(places) > 15
    for number, at in enumerate(places):
        lie = (0, 1, 7, 0x7FFF_FFFF, 0xFFFF_FFFF)[number % 5]
        assert outcome(small[:at] + struct.pack(">I", lie) + small[at + 4 :])
