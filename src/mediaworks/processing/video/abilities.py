"""What the ffmpeg in use can do; builds differ in the libraries that they were made with."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from mediaworks.errors import NotInstalled, SetupError

NEEDED = MappingProxyType(
    {
        "libx264": "H.264, and with it all streaming",
        "aac": "AAC, and with it sound in streaming",
        "libx265": "HEVC",
        "libsvtav1": "AV1",
        "libvpx": "VP8",
        "libvpx-vp9": "VP9 and WebM",
        "libopus": "Opus",
        "libvorbis": "Vorbis",
        "libmp3lame": "MP3",
        "flac": "FLAC",
        "gif": "GIF from video",
        "libwebp_anim": "animated WebP from video",
        "mp4": "MP4, and with it all streaming",
        "mov": "QuickTime",
        "webm": "WebM",
        "ogg": "Ogg",
        "zscale": "the conversion of high dynamic range",
        "tonemap": "the conversion of high dynamic range",
        "ebur128": "loudness",
        "loudnorm": "loudness",
        "alimiter": "the limiter of loudness",
        "haldclut": "colour operations on video",
        "lut2": "filters on video that have a gradient or a vignette",
        "drawtext": "text on video",
        "subtitles": "subtitles in the picture",
        "palettegen": "GIF from video",
        "psnr": "ladders that fit a video",
    }
)
"""Encoders, containers and filters, and what does not work without each."""
_OF_ENCODERS = ("-c:", "-codec:")
_OF_FILTERS = ("-vf", "-af", "-filter")
_FILTER = re.compile(r"(?:^|(?<!\\)[,;\]])\s*([a-z][a-z0-9_]*)")
_LISTS = ("-encoders", "-muxers", "-filters")


@cache
def abilities(program: Path) -> frozenset[str]:
    """The names of its encoders, containers and filters. Raises SetupError when it does not tell."""
    return frozenset(name for listing in _LISTS for name in _names(program, listing))


def missing(program: Path) -> tuple[str, ...]:
    """Of NEEDED, what it lacks."""
    return tuple(name for name in NEEDED if name not in abilities(program))


def require(program: Path, *names: str) -> None:
    """Raises NotInstalled, which names it, for the first encoder, container or filter that is not there."""
    for name in names:
        if name not in abilities(program):
            purpose = NEEDED.get(name, "this")
            raise NotInstalled(
                f"The ffmpeg of this installation has no {name}: {purpose} does not work",
                code="ffmpeg_lacks",
                lacks=name,
            )


async def refuse_unable(program: Path, arguments: Sequence[str]) -> None:
    """Raises NotInstalled for the first encoder or filter that `arguments` call for and the program lacks."""
    await asyncio.to_thread(require, program, *called_for(arguments))


def called_for(arguments: Sequence[str]) -> list[str]:
    """The encoders of a command, and those of its filters that not every build has."""
    pairs = list(pairwise(arguments))
    encoders = [value for option, value in pairs if option.startswith(_OF_ENCODERS) and value != "copy"]
    graphs = [value for option, value in pairs if option.startswith(_OF_FILTERS)]
    return encoders + [name for graph in graphs for name in _FILTER.findall(graph) if name in NEEDED]


def _names(program: Path, listing: str) -> list[str]:
    """The second column: flags stand before each name, a text behind it."""
    try:
        told = subprocess.run(
            [program, "-hide_banner", listing], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as failure:
        raise SetupError(f"{program} does not tell what it can do: {failure}") from failure
    rows = (line.split() for line in told.splitlines() if line.startswith(" "))
    return [name for row in rows if len(row) > 1 for name in row[1].split(",")]
