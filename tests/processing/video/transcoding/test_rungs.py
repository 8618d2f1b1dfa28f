"""Which rungs of a ladder are worth their bits."""

from __future__ import annotations

import pytest

from mediaworks.processing.video.outputs.rungs import Rung, judged


def kept(*rungs: tuple[int, int, float]) -> list[int]:
    """Of (height, bits, loss)."""
    found = judged([Rung(height=height, size=(height, height), bits=bits, loss=loss) for height, bits, loss in rungs])
    assert [rung.height for rung in found] == sorted((one[0] for one in rungs), reverse=True)
    return [rung.height for rung in found if rung.reason is None]


@pytest.mark.parametrize(
    ("rungs", "heights"),
    [
        ([(1080, 4_000_000, 0), (720, 2_000_000, 6), (360, 700_000, 40)], [1080, 720, 360]),
        ([(1080, 2_400_000, 0), (720, 2_000_000, 2), (360, 700_000, 40)], [1080, 360]),
        ([(1080, 4_000_000, 0), (720, 2_000_000, 0.2), (360, 700_000, 40)], [720, 360]),
        ([(1080, 4_000_000, 0), (720, 2_000_000, 30), (360, 700_000, 40)], [1080, 360]),
        ([(1080, 30_000, 0), (720, 29_000, 3), (360, 28_000, 9)], [1080]),
        ([(1080, 30_000, 0), (720, 20_000, 0), (360, 10_000, 0)], [360]),
        ([(360, 28_000, 9)], [360]),
    ],
    ids=[
        "all", "as dear as the next", "larger without more to see", "below the hull", "nearly nothing moves", "flat",
        "one",
    ],
)  # fmt: skip
def test_what_adds_nothing_is_left_out(rungs: list[tuple[int, int, float]], heights: list[int]) -> None:
    assert kept(*rungs) == heights


def test_quality_is_told_in_decibels() -> None:
    sharp, blurred = (Rung(height=1, size=(1, 1), bits=1, loss=loss) for loss in (0, 65.025 - 6.6))
    assert sharp.quality == pytest.approx(39.9, abs=0.1)
    assert blurred.quality == pytest.approx(30, abs=0.01)
