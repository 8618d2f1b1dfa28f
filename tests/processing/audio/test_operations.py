"""What each operation does to sound, told from the samples that come out."""

from __future__ import annotations

import array
import io
import subprocess
import wave
from itertools import pairwise
from typing import Any

import pytest
from tests.processing.audio.conftest import sine, sounding

from mediaworks.errors import InvalidRecipe, MediaworksError, Unprocessable
from mediaworks.processing import ffmpeg
from mediaworks.testing import media

LEFT_ONLY = sounding("aevalsrc='0.5*sin(2*PI*1000*t)|0:s=48000:d=1'")
BETWEEN = sounding("aevalsrc='0.5*sin(2*PI*1000*t)*(between(t,1,2)+between(t,4,5)):s=48000:d=7'")
COUNTING = sounding("aevalsrc='t/4:s=8000:d=3'")


def samples(content: bytes) -> array.array[int]:
    """Of a WAV file with 16 bits, channels one after another."""
    with wave.open(io.BytesIO(content)) as file:
        found = array.array("h")
        found.frombytes(file.readframes(file.getnframes()))
        return found


def loud(content: bytes) -> int:
    """How many samples are not silent."""
    return sum(1 for sample in samples(content) if abs(sample) > 1_000)


def test_trim_keeps_just_these_samples(bench: Any) -> None:
    whole, part = (
        samples(COUNTING),
        samples(bench.make(COUNTING, {"type": "trim", "start": 0.5, "duration": 1}).content),
    )
    assert part == whole[4000:12000]
    rest = samples(bench.make(COUNTING, {"type": "trim", "start": 2.5}).content)
    assert rest == whole[20000:]


def test_trim_needs_an_end_that_comes_after_its_start(bench: Any) -> None:
    for wrong, field in (({"start": 2, "end": 1}, "end"), ({"end": 1, "duration": 1}, "duration")):
        with pytest.raises(InvalidRecipe) as refused:
            bench.make(COUNTING, {"type": "volume", "gain": 0}, {"type": "trim", **wrong})
        assert refused.value.facts["field"] == f"operations[1].{field}"


def test_nothing_left_is_refused(bench: Any) -> None:
    with pytest.raises(InvalidRecipe, match="nothing is left"):
        bench.make(COUNTING, {"type": "trim", "start": 60})


def test_a_fade_grows_from_silence_and_ends_in_it(bench: Any) -> None:
    flat = sounding("aevalsrc='0.5:s=8000:d=3'")
    made = samples(bench.make(flat, {"type": "trim", "end": 2}, {"type": "fade", "into": 1, "out": 0.5}).content)
    assert [round(made[at] / 32768, 2) for at in (0, 4000, 8000, 11999, 14000)] == [0, 0.25, 0.5, 0.5, 0.25]
    assert abs(made[-1]) < 20


def test_a_fade_longer_than_the_sound_ends_in_silence_too(bench: Any) -> None:
    made = samples(bench.make(sine(0.5, channels=1), {"type": "fade", "out": 3}).content)
    thirds = [max(made[at : at + 4_000]) / 16_384 for at in (0, 22_000, 44_000)]
    assert thirds == pytest.approx([1, 0.54, 0.08], abs=0.03)


def test_volume_is_in_decibels(bench: Any) -> None:
    made = samples(bench.make(COUNTING, {"type": "volume", "gain": -6.0206}).content)
    assert made[-1] == pytest.approx(samples(COUNTING)[-1] / 2, abs=2)


@pytest.mark.parametrize(("options", "seconds"), [({}, 4), ({"where": "everywhere"}, 2), ({"keep": 0.2}, 4.4), ({"where": "everywhere", "keep": 0.2}, 2.6)])  # fmt: skip
def test_silence_goes_at_the_ends_or_everywhere(bench: Any, options: dict[str, Any], seconds: float) -> None:
    made = bench.make(BETWEEN, {"type": "remove_silence", **options})
    assert made.seconds == pytest.approx(seconds, abs=0.02)
    assert made.warnings == ()
    assert loud(made.content) == pytest.approx(loud(BETWEEN), abs=2 * 256)


def test_short_pauses_stay(bench: Any) -> None:
    assert bench.make(BETWEEN, {"type": "remove_silence", "minimum": 2.5, "where": "everywhere"}).seconds == 7


def test_what_is_all_silent_is_left_alone(bench: Any) -> None:
    made = bench.make(sine(0.0), {"type": "remove_silence"})
    assert made.seconds == 1
    assert "left as it is" in made.warnings[0]


@pytest.mark.parametrize("factor", [0.25, 1.5, 4])
def test_speed_keeps_the_pitch(bench: Any, factor: float) -> None:
    made = bench.make(sine(0.5, seconds=3, channels=1), {"type": "speed", "factor": factor})
    assert made.seconds == pytest.approx(3 / factor, rel=0.03)
    found = samples(made.content)
    middle = found[len(found) // 4 : -len(found) // 4]
    crossings = sum(1 for before, after in pairwise(middle) if before < 0 <= after)
    assert crossings / (len(middle) / 48_000) == pytest.approx(1000, rel=0.03)


def test_channels_are_mixed_without_clipping(bench: Any) -> None:
    loud = sine(0.99)
    mono = samples(bench.make(loud, {"type": "channels", "layout": "mono"}).content)
    assert max(mono) == pytest.approx(max(samples(loud)), abs=40)
    half = samples(bench.make(LEFT_ONLY, {"type": "channels", "layout": "mono"}).content)
    assert max(half) == pytest.approx(0.25 * 32768, rel=0.01)


def test_one_channel_can_be_picked(bench: Any) -> None:
    left = samples(bench.make(LEFT_ONLY, {"type": "pick_channel", "channel": 0}).content)
    right = samples(bench.make(LEFT_ONLY, {"type": "pick_channel", "channel": 1}).content)
    assert (max(left) > 16_000, max(right)) == (True, 0)
    with pytest.raises(InvalidRecipe) as refused:
        bench.make(LEFT_ONLY, {"type": "pick_channel", "channel": 2})
    assert refused.value.facts == {"field": "operations[0].channel", "limit": 1}


def test_concat_puts_others_behind_in_their_order(bench: Any) -> None:
    others = {"a": sine(0.1, channels=1), "b": sounding("sine=d=1:r=8000")}
    steps = {"type": "concat", "media": ["b", "a"]}, {"type": "concat", "media": ["a", "a"]}
    made = bench.make(LEFT_ONLY, *steps, others=others)
    assert made.seconds == pytest.approx(1 + 1 + 1 + 1 + 1, abs=0.01)
    found = samples(made.content)
    levels = [max(found[round(at * 96_000) : round((at + 0.5) * 96_000)]) / 32768 for at in (0.2, 1.2, 2.2, 4.2)]
    assert levels == pytest.approx([0.5, 0.125 / 2**0.5, 0.1 / 2**0.5, 0.1 / 2**0.5], rel=0.05)


def test_the_second_sound_of_a_video_can_be_extracted(bench: Any) -> None:
    command = [
        str(ffmpeg("").path), "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x64:d=2", "-f", "lavfi", "-i", "sine=d=2",
        "-f", "lavfi", "-i", "sine=d=1", "-map", "0", "-map", "1", "-map", "2", "-f", "matroska", "pipe:1",
    ]  # fmt: skip
    video = subprocess.run(command, capture_output=True, check=True).stdout
    assert bench.make(video, mime="video/x-matroska").seconds == pytest.approx(2, abs=0.1)
    second = bench.make(video, {"type": "extract_audio", "track": 1}, mime="video/x-matroska")
    assert second.seconds == pytest.approx(1, abs=0.1)
    with pytest.raises(InvalidRecipe):
        bench.make(video, {"type": "extract_audio", "track": 2}, mime="video/x-matroska")
    with pytest.raises(InvalidRecipe, match="first operation"):
        bench.make(video, {"type": "volume", "gain": 1}, {"type": "extract_audio"}, mime="video/x-matroska")


def test_a_silent_film_has_no_sound_to_extract(bench: Any) -> None:
    with pytest.raises(Unprocessable) as refused:
        bench.make(media.video(), mime="video/mp4")
    assert refused.value.code == "no_sound"


def test_a_program_in_an_id_reaches_no_filter(bench: Any) -> None:
    with pytest.raises((MediaworksError, KeyError)):
        bench.make(COUNTING, {"type": "concat", "media": ["a];amovie=/etc/passwd[b"]})
