"""The command of a run of ffmpeg."""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.ffmpeg import GUARDS
from mediaworks.processing.video.outputs import Run, Target
from mediaworks.processing.video.progress import TELLING

PAD = re.compile(r"\[(\w+)\]")
NOTHING_ELSE = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn")


def command(
    run: Run, source: Sequence[str], inputs: Sequence[Sequence[str]], ends: Sequence[Sequence[str]], *, threads: int
) -> list[str]:
    """`source` and `inputs`: the options and name of each input; `ends`: how each target is written, or rehearsed; `threads`:
    of each encoder, 0: all cores are shared by them."""
    shares = [threads] * len(run.targets) if threads else list(_shared_threads(run))
    statements = [*run.clip.statements, *_sinks(run)]
    return [
        "-nostdin", "-y", "-v", "error", *TELLING, *_window(run.clip), *source, *(part for one in inputs for part in one),
        *(("-filter_complex", ";".join(statements)) if statements else ()),
        *(part for target, end, share in zip(run.targets, ends, shares, strict=True) for part in (*_mapped(target, share), *end)),
    ]  # fmt: skip


def _shared_threads(run: Run) -> Iterator[int]:
    """Those of each encoder, by its share of the pixels; 0, as many as it likes, of one that is alone."""
    whole = sum(target.pixels for target in run.targets)
    for target in run.targets:
        yield 0 if len(run.targets) == 1 else math.ceil((os.cpu_count() or 1) * target.pixels / whole)


def written(run: Run, files: Sequence[int]) -> list[list[str]]:
    """Into the files behind these descriptors, one for each target."""
    return [
        [*target.options, *_notes(target, number, "used"), *target.muxer, f"/proc/self/fd/{file}"]
        for number, (target, file) in enumerate(zip(run.targets, files, strict=True))
    ]


def rehearsed(run: Run) -> list[list[str]]:
    """Into nothing but the notes. Every target keeps its place, since ffmpeg counts streams to name the notes of each."""
    return [
        [*(target.options if target.notes else ()), *_notes(target, number, "taken"), "-f", "null", "-"]
        for number, target in enumerate(run.targets)
    ]


def plate_of(descriptor: int) -> tuple[str, ...]:
    """The arguments that make a PNG of our own an input."""
    return (*GUARDS, "-f", "png_pipe", "-i", f"/proc/self/fd/{descriptor}")


def _window(clip: Clip) -> Iterator[str]:
    if clip.start:
        yield from ("-ss", f"{clip.start:.6f}")
    if clip.reads is not None:
        yield from ("-t", f"{clip.reads:.6f}")


def _mapped(target: Target, threads: int) -> Iterator[str]:
    for stream in target.streams:
        yield from ("-map", stream)
    yield from (*NOTHING_ELSE, "-threads", str(threads))


def _notes(target: Target, number: int, when: Literal["taken", "used"]) -> list[str]:
    options: tuple[str, ...] = getattr(target.notes, when, ())
    return [option.format(name=f"notes{number}") for option in options]


def _sinks(run: Run) -> Iterator[str]:
    """An end for every pad of sound that no file takes: ffmpeg wants each to lead somewhere."""
    named = Counter(PAD.findall(";".join(run.clip.statements)))
    taken = {stream.strip("[]") for target in run.targets for stream in target.streams}
    for pad, count in named.items():
        if count == 1 and pad not in taken:
            yield f"[{pad}]anullsink"
