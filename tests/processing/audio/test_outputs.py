"""Every format that sound is written in, and what each refuses."""

from __future__ import annotations

import io
from typing import Any

import av
import pytest
from tests.processing.audio.conftest import sine, sounding

from mediaworks.errors import InvalidRecipe
from mediaworks.processing import sniff

FORMATS = {
    "aac": ("audio/mp4", "aac"),
    "mp3": ("audio/mpeg", "mp3float"),
    "opus": ("audio/opus", "opus"),
    "vorbis": ("audio/ogg", "vorbis"),
    "flac": ("audio/flac", "flac"),
    "wav": ("audio/wav", "pcm_s16le"),
}


def stream_of(content: bytes) -> dict[str, Any]:
    with av.open(io.BytesIO(content), "r") as container:
        stream = container.streams.audio[0]
        assert next(container.decode(stream)).samples > 0
        bits = stream.codec_context.format.bits if stream.codec_context.format else 0
        return {
            "codec": stream.codec_context.name,
            "rate": stream.sample_rate,
            "channels": stream.channels,
            "bits": bits,
        }


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_written_and_played(bench: Any, name: str) -> None:
    made = bench.make(sine(), format=name)
    mime, codec = FORMATS[name]
    found = sniff(made.content[:4096])
    assert found is not None
    assert (made.mime, found.mime) == (mime, mime)
    assert stream_of(made.content)["codec"] == codec
    assert made.seconds == pytest.approx(1, abs=0.05)
    assert made.progress[-1] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("name", ["mp3", "opus", "flac"])
def test_rate_and_channels_are_as_asked(bench: Any, name: str) -> None:
    made = stream_of(bench.make(sine(), format=name, sample_rate=16_000, channels=1).content)
    decoded = 48_000 if name == "opus" else 16_000
    assert (made["rate"], made["channels"]) == (decoded, 1)


@pytest.mark.parametrize("name", ["aac", "mp3", "opus"])
def test_six_channels_stay_where_the_format_knows_them(bench: Any, name: str) -> None:
    six = sounding(f"aevalsrc='{'|'.join(['0.1*sin(2*PI*440*t)'] * 6)}':s=96000:d=0.5:c=5.1(side)")
    made = stream_of(bench.make(six, format=name).content)
    assert made["channels"] == (2 if name == "mp3" else 6)
    assert made["rate"] == {"mp3": 48_000, "opus": 48_000}.get(name, 96_000)


def test_auto_is_the_format_that_it_had(bench: Any) -> None:
    mp3 = bench.make(sine(), format="mp3")
    assert bench.make(mp3.content, mime="audio/mpeg", format="auto").mime == "audio/mpeg"
    adts = sounding("sine=d=1", container="adts")
    assert bench.make(adts, mime="audio/aac", format="auto").mime == "audio/mp4"


def test_flac_and_wav_lose_nothing_of_24_bits(bench: Any) -> None:
    fine = sounding("aevalsrc='0.123456789*sin(2*PI*440*t):s=48000:d=1'", "-c:a", "pcm_s24le")
    flac = bench.make(fine, format="flac")
    assert bench.make(flac.content, mime="audio/flac", format="wav", keep=[]).content[-144_000:] == fine[-144_000:]
    assert stream_of(bench.make(fine, format="flac", bits=16).content)["bits"] == 16


def test_a_bit_rate_decides_the_size(bench: Any) -> None:
    noise = sounding("anoisesrc=d=2:r=48000", "-ac", "2")
    for name in ("aac", "mp3", "opus"):
        small, large = (len(bench.make(noise, format=name, bitrate=rate).content) for rate in (64, 192))
        assert large > 1.5 * small, name


@pytest.mark.parametrize(("name", "least", "best"), [("aac", 0.3, 1.5), ("mp3", 9, 0), ("vorbis", -1, 9)])
def test_a_quality_decides_the_size(bench: Any, name: str, least: float, best: float) -> None:
    noise = sounding("anoisesrc=d=2:r=48000", "-ac", "2")
    small, large = (len(bench.make(noise, format=name, quality=quality).content) for quality in (least, best))
    assert large > 2 * small


def test_aac_plays_while_it_is_loaded(bench: Any) -> None:
    made = bench.make(sine(), format="aac").content
    assert made.index(b"moov") < made.index(b"mdat")


@pytest.mark.parametrize(
    ("output", "field"),
    [
        ({"format": "opus", "sample_rate": 44_100}, "output.sample_rate"),
        ({"format": "mp3", "channels": 6}, "output.channels"),
        ({"format": "mp3", "bitrate": 128, "quality": 2}, "output.quality"),
        ({"format": "aac", "bitrate": 128, "quality": 1}, "output.quality"),
        ({"format": "vorbis", "bitrate": 128, "quality": 2}, "output.quality"),
    ],
)
def test_what_a_format_does_not_know_is_refused_by_name(bench: Any, output: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRecipe) as refused:
        bench.make(sine(), **output)
    assert refused.value.facts["field"] == field


def test_the_same_recipe_makes_the_same_bytes(bench: Any) -> None:
    assert bench.make(sine(), format="opus").content == bench.make(sine(), format="opus").content
