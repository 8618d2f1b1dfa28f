"""Short encodes of a video at constant quality, by which it is known how many bits each size of it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mediaworks.processing import types
from mediaworks.processing.video.clip import Clip, Size
from mediaworks.processing.video.outputs.base import Run, Sample, Target
from mediaworks.processing.video.outputs.codecs import Codec, Speed, by_quality

COUNT, SECONDS = 3, 2.0
WHOLE = 8.0
"""Seconds up to which a video is its own sample."""
BARE: Mapping[Codec, str] = {"h264": "h264", "hevc": "hevc", "vp8": "ivf", "vp9": "ivf", "av1": "ivf"}
"""Containers that add next to nothing to the pictures."""


def samples_of(clip: Clip, sizes: Sequence[Size], codec: Codec, speed: Speed) -> tuple[Sample, ...]:
    """Stretches spread evenly, each encoded in every size from one decode, and compared with what scaling leaves of it."""
    if clip.seconds <= WHOLE:
        return (_sample(clip, sizes, codec, speed),)
    starts = [clip.seconds * (2 * number + 1) / (2 * COUNT) - SECONDS / 2 for number in range(COUNT)]
    return tuple(_sample(clip.cut(start, SECONDS), sizes, codec, speed) for start in starts)


def _sample(clip: Clip, sizes: Sequence[Size], codec: Codec, speed: Speed) -> Sample:
    clip = clip.seen("crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,format=yuv420p")
    full = clip.size[0] // 2 * 2, clip.size[1] // 2 * 2
    smaller = [number for number, size in enumerate(sizes) if size != full]
    ends = "".join([*(f"[r{number}]" for number in range(len(sizes))), *(f"[o{number}]" for number in smaller)])
    statements = [*clip.statements, f"[{clip.picture}]split={len(sizes) + len(smaller)}{ends}"]
    for number, size in enumerate(sizes):
        statements += _compared(number, size, full) if number in smaller else [f"[r{number}]null[e{number}]"]
    options = ("-an", *by_quality(codec, None, speed))
    targets = tuple(
        Target(type=types.MP4, streams=(f"[e{number}]",), options=options, muxer=("-f", BARE[codec]))
        for number in range(len(sizes))
    )
    logs = tuple(_log(number) if number in smaller else None for number in range(len(sizes)))
    return Sample(Run(replace(clip, statements=tuple(statements)), targets), logs)


def _compared(number: int, size: Size, full: Size) -> list[str]:
    """The small pictures to be encoded, and how much of the large ones is lost in them."""
    return [
        f"[r{number}]scale={size[0]}:{size[1]}:flags=lanczos,setsar=1,split[e{number}][d{number}]",
        f"[d{number}]scale={full[0]}:{full[1]}:flags=bicubic,setsar=1,format=yuv420p[b{number}]",
        f"[o{number}][b{number}]psnr=stats_file={_log(number)},nullsink",
    ]


def _log(number: int) -> str:
    return f"loss{number}.log"
