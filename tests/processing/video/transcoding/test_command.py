"""What encoders of one run are told."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mediaworks.processing import types
from mediaworks.processing.video import command
from mediaworks.processing.video.outputs import Run, Target


def run_of(*pixels: int) -> Run:
    clip = SimpleNamespace(statements=(), start=0.0, reads=None)
    targets = tuple(Target(type=types.MP4, streams=("0:0",), options=(), muxer=(), pixels=one) for one in pixels)
    return Run(cast(Any, clip), targets)


def threads_of(run: Run, threads: int) -> list[str]:
    told = command.command(run, (), (), [()] * len(run.targets), threads=threads)
    return [value for option, value in pairwise(told) if option == "-threads"]


@pytest.mark.parametrize(
    ("pixels", "threads", "told"),
    [((100,), 0, ["0"]), ((60, 30, 10), 0, ["5", "3", "1"]), ((60, 30, 10), 2, ["2", "2", "2"])],
)
def test_cores_are_shared_by_pixels_unless_threads_are_set(
    pixels: tuple[int, ...], threads: int, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert threads_of(run_of(*pixels), threads) == told
