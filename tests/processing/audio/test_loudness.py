"""Loudness against the reference of ITU-R BS.1770, and what normalising makes of it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from tests.processing.audio.conftest import sine, sounding

NOISE = sounding("anoisesrc=d=2:a=0.05:c=pink:r=44100:seed=3", "-ac", "2")
CLIPPED = sounding("aevalsrc='max(-1,min(1,3*sin(2*PI*300*t)))*(0.2+0.8*lt(t,1)):s=44100:d=3'", "-ac", "2")
PEAKS = sounding("aevalsrc='0.1*sin(2*PI*500*t)+0.85*sin(2*PI*1000*t)*lt(mod(t,0.5),0.004):s=48000:d=3'", "-ac", "2")


@pytest.mark.parametrize(("decibels", "channels", "expected"), [(-3.01, 2, -3.0), (-20.0, 2, -20.0), (-20.0, 1, -23.0)])
def test_a_sine_of_1_khz_is_as_loud_as_the_standard_says(
    bench: Any, decibels: float, channels: int, expected: float
) -> None:
    """Annex 1: 0 dBFS of 997 Hz in one channel is -3.01 LKFS, and each doubling of channels adds 3.01."""
    found = bench.loudness(sine(10 ** (decibels / 20), channels=channels))
    assert found.integrated == pytest.approx(expected, abs=0.1)
    assert found.true_peak == pytest.approx(decibels, abs=0.2)
    formula = decibels - 3.01 + 10 * math.log10(channels)
    assert found.integrated == pytest.approx(formula, abs=0.1)


def quick(layout: str, hertz: int = 1000) -> bytes:
    """A soft tone in all channels of a layout, and short loud ones: peaks that a gain would send over the ceiling."""
    channels = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
    wave = f"(0.05+0.85*lt(mod(t,0.5),0.003))*sin(2*PI*{hertz}*t)"
    return sounding(f"aevalsrc='{'|'.join([wave] * channels)}':s=44100:d=2:c={layout}")


@pytest.mark.parametrize(
    ("content", "target"),
    [
        (sine(0.02, channels=1), -23),
        (NOISE, -23),
        (NOISE, -16),
        (CLIPPED, -14),
        (quick("mono"), -16),
        (quick("5.1"), -14),
    ],
    ids=["a tone in mono", "noise", "louder noise", "clipped", "peaks in mono", "peaks in 5.1"],
)
def test_what_is_normalized_measures_as_loud_as_was_asked(bench: Any, content: bytes, target: float) -> None:
    made = bench.make(content, {"type": "normalize", "target": target}, bits=24)
    found = bench.loudness(made.content)
    assert found.integrated == pytest.approx(target, abs=0.3)
    assert found.true_peak <= -1
    assert made.warnings == ()


def test_every_ffmpeg_measures_and_normalizes_alike(each_bench: Any) -> None:
    assert each_bench.loudness(sine(0.1)).integrated == pytest.approx(-20, abs=0.1)
    made = each_bench.make(quick("stereo"), {"type": "normalize", "target": -16}, bits=24)
    found = each_bench.loudness(made.content)
    assert (found.integrated, found.true_peak <= -1) == (pytest.approx(-16, abs=0.3), True)


@pytest.mark.parametrize("seconds", [0.05, 0.39])
def test_what_is_shorter_than_a_window_has_no_loudness_and_says_so(bench: Any, seconds: float) -> None:
    """BS.1770 measures in windows of 0.4 s: of less there is none."""
    short = sine(0.3, seconds=seconds)
    assert bench.loudness(short).integrated is None
    made = bench.make(short, {"type": "normalize"})
    assert made.warnings == ("normalize: nothing is loud enough to be measured, so it is left as it is",)
    assert made.seconds == pytest.approx(seconds, abs=0.001)


def test_normalizing_is_one_gain_while_no_peak_is_in_the_way(bench: Any) -> None:
    before, after = bench.loudness(NOISE), bench.loudness(bench.make(NOISE, {"type": "normalize"}).content)
    assert after.true_peak - before.true_peak == pytest.approx(after.integrated - before.integrated, abs=0.2)


def test_a_limiter_holds_peaks_below_the_ceiling(bench: Any) -> None:
    made = bench.make(PEAKS, {"type": "normalize", "target": -18, "true_peak": -4}, bits=24)
    found = bench.loudness(made.content)
    assert found.true_peak <= -4
    assert found.integrated == pytest.approx(-18, abs=0.5)
    assert made.warnings == ()
    assert len(set(made.progress)) > 1


def test_a_target_out_of_reach_is_told(bench: Any) -> None:
    made = bench.make(sine(0.5), {"type": "normalize", "target": -5, "true_peak": -20})
    assert made.warnings == ("normalize: -5 LUFS cannot be reached below -20 dBTP",)
    assert bench.loudness(made.content).true_peak <= -19.9


def test_silence_has_no_loudness_and_stays_silence(bench: Any) -> None:
    silence = sine(0.0)
    found = bench.loudness(silence)
    assert (found.integrated, found.true_peak) == (None, None)
    made = bench.make(silence, {"type": "normalize"})
    assert made.warnings == ("normalize: nothing is loud enough to be measured, so it is left as it is",)


def test_what_is_normalized_is_what_earlier_steps_have_made(bench: Any) -> None:
    """Half is silent here and would not count, half loud: only what was kept is measured."""
    halves = sounding("aevalsrc='if(lt(t,2),0.5,0.02)*sin(2*PI*1000*t):s=48000:d=4'", "-ac", "2")
    made = bench.make(halves, {"type": "trim", "start": 2}, {"type": "normalize", "target": -23})
    assert bench.loudness(made.content).integrated == pytest.approx(-23, abs=0.5)
