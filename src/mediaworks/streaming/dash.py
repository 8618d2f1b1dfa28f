"""MPEG-DASH (ISO/IEC 23009-1): the same segments, listed by number and length."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from mediaworks.processing import (
    AAC_LC,
    AUDIO_BITS,
    AnyVideo,
    AudioRendition,
    PlayedRendition,
    Presentation,
)
from mediaworks.streaming.captions.model import Track
from mediaworks.streaming.captions.playlists import add_text_sets
from mediaworks.streaming.clips.lists import cut_manifest
from mediaworks.streaming.clips.model import Clip
from mediaworks.streaming.storyboards.lists import add_tiles, board_of

NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
ROLE = "urn:mpeg:dash:role:2011"
PROFILE = "urn:mpeg:dash:profile:isoff-live:2011"


def manifest(presentation: Presentation, base: str, tracks: Sequence[Track] = (), clip: Clip | None = None) -> bytes:
    """`base`: where the renditions' folders are, seen from the manifest."""
    ends = [_length(rendition) for rendition in presentation.renditions]
    root = Element(
        "MPD", xmlns=NAMESPACE, profiles=PROFILE, type="static", minBufferTime="PT2S",
        mediaPresentationDuration=_duration(max(ends, default=Fraction(0))),
    )  # fmt: skip
    SubElement(root, "BaseURL").text = base
    period = SubElement(root, "Period", id="0", start="PT0S")
    if presentation.videos:
        aligned = "true" if presentation.source is None else "false"
        pictures = _set(period, "video", {"segmentAlignment": aligned, "startWithSAP": "1"})
        for video in presentation.shown:
            _video(pictures, video)
    for audio in presentation.audios:
        language = {"lang": audio.track.language} if audio.track.language else {}
        sounds = _set(period, "audio", {"startWithSAP": "1", **language})
        SubElement(
            sounds, "Role", schemeIdUri=ROLE, value="main" if audio == presentation.default_audio else "alternate"
        )
        _audio(sounds, audio)
    add_text_sets(period, tracks)
    if (board := board_of(presentation, clip)) is not None:
        add_tiles(period, board, clip.query if clip else "")
    if clip is not None:
        cut_manifest(root, presentation, clip)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(tostring(root))


def _set(period: Element, kind: str, attributes: dict[str, str]) -> Element:
    return SubElement(period, "AdaptationSet", {"contentType": kind, "mimeType": f"{kind}/mp4", **attributes})


def _video(pictures: Element, video: AnyVideo) -> None:
    rate = video.grid.rate
    shown = SubElement(
        pictures, "Representation", id=video.name, codecs=video.rung.codec, bandwidth=str(video.peak_bits),
        width=str(video.rung.width), height=str(video.rung.height), frameRate=f"{rate.numerator}/{rate.denominator}",
    )  # fmt: skip
    _timeline(shown, video, video.grid.timescale)


def _audio(sounds: Element, audio: AudioRendition) -> None:
    grid = audio.grid
    heard = SubElement(
        sounds, "Representation", id=audio.name, codecs=AAC_LC, bandwidth=str(AUDIO_BITS),
        audioSamplingRate=str(grid.sample_rate),
    )  # fmt: skip
    _timeline(heard, audio, grid.sample_rate)


def _timeline(representation: Element, rendition: PlayedRendition, timescale: int) -> None:
    name, grid = rendition.name, rendition.grid
    template = SubElement(
        representation, "SegmentTemplate", timescale=str(timescale), startNumber="0",
        initialization=f"{name}/init.mp4", media=f"{name}/$Number$.m4s",
    )  # fmt: skip
    line = SubElement(template, "SegmentTimeline")
    begin = {"t": str(round(grid.start(0) * timescale))}
    for length, run in groupby(round(grid.seconds(number) * timescale) for number in range(grid.segments)):
        count = sum(1 for _ in run)
        SubElement(line, "S", begin | {"d": str(length)} | ({"r": str(count - 1)} if count > 1 else {}))
        begin = {}


def _length(rendition: PlayedRendition) -> Fraction:
    last = rendition.grid.segments - 1
    return rendition.grid.start(last) + rendition.grid.seconds(last)


def _duration(seconds: Fraction) -> str:
    return f"PT{float(seconds):.3f}S"
