"""The command of a run of ffmpeg."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.ffmpeg import GUARDS
from mediaworks.processing.video.outputs import Run, Target
from mediaworks.processing.video.progress import TELLING

PAD = re.compile(r"\[(\w+)\]")
NOTHING_ELSE = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn")


def command(
    run: Run, source: Sequence[str], inputs: Sequence[Sequence[str]], files: Sequence[int], *, threads: int
) -> list[str]:
    """`source` and `inputs`: the options and name of each input; `files`: descriptors, one for each target."""
    statements = [*run.clip.statements, *_sinks(run)]
    return [
        "-nostdin", "-y", "-v", "error", *TELLING, *_window(run.clip), *source, *(part for one in inputs for part in one),
        *(("-filter_complex", ";".join(statements)) if statements else ()),
        *(part for target, file in zip(run.targets, files, strict=True) for part in _written(target, file, threads)),
    ]  # fmt: skip


def plate_of(descriptor: int) -> tuple[str, ...]:
    """The arguments that make a PNG of our own an input."""
    return (*GUARDS, "-f", "png_pipe", "-i", f"/proc/self/fd/{descriptor}")


def _window(clip: Clip) -> Iterator[str]:
    if clip.start:
        yield from ("-ss", f"{clip.start:.6f}")
    if clip.reads is not None:
        yield from ("-t", f"{clip.reads:.6f}")


def _written(target: Target, file: int, threads: int) -> Iterator[str]:
    for stream in target.streams:
        yield from ("-map", stream)
    yield from (*NOTHING_ELSE, "-threads", str(threads), *target.options, f"/proc/self/fd/{file}")


def _sinks(run: Run) -> Iterator[str]:
    """An end for every pad of sound that no file takes: ffmpeg wants each to lead somewhere."""
    named = Counter(PAD.findall(";".join(run.clip.statements)))
    taken = {stream.strip("[]") for target in run.targets for stream in target.streams}
    for pad, count in named.items():
        if count == 1 and pad not in taken:
            yield f"[{pad}]anullsink"
