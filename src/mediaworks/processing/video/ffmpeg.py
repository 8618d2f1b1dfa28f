"""The ffmpeg in use: the one configured, or the one that came along."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mediaworks.errors import SetupError
from mediaworks.processing.video.bounds import MOST_PIXELS, MOST_STREAMS
from mediaworks.processing.video.decoders import ALLOWED
from mediaworks.processing.video.demuxers import DEMUXERS

OLDEST = (5, 1)
GUARDS = (
    "-protocol_whitelist", "file,pipe", "-max_streams", str(MOST_STREAMS), "-max_pixels", str(MOST_PIXELS),
    "-codec_whitelist", ALLOWED,
)  # fmt: skip
GUARDS_OF_ISO_MEDIA = ("-enable_drefs", "0", "-use_absolute_path", "0")


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    path: Path
    version: tuple[int, int]


@cache
def ffmpeg(configured: str) -> Ffmpeg:
    """The program named `configured` (a path, or found by the search path), or without a name the one that came along.

    Raises SetupError when it is not there or too old.
    """
    path = _found(configured)
    try:
        told = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError) as failure:
        raise SetupError(f"{path} does not run: {failure}") from failure
    number = re.search(r"version n?(\d+)\.(\d+)", told)
    version = (int(number[1]), int(number[2])) if number else OLDEST
    if version < OLDEST:
        raise SetupError(
            f"{path} is ffmpeg {version[0]}.{version[1]}; {OLDEST[0]}.{OLDEST[1]} is the oldest that works"
        )
    return Ffmpeg(path, version)


def _found(configured: str) -> Path:
    if configured:
        found = shutil.which(configured)
        if found is None:
            raise SetupError(f"MEDIAWORKS_PROCESSING_FFMPEG: there is no program {configured}")
        return Path(found).resolve()
    import imageio_ffmpeg

    return Path(imageio_ffmpeg.get_ffmpeg_exe()).resolve()


def source_of(descriptor: int, mime: str) -> tuple[str, ...]:
    """The arguments that make the file behind `descriptor` the input, by the demuxer that its content calls for.

    With them ffmpeg opens no other file, no other demuxer and no decoder that is not allowed. Walls stand around it as well.
    """
    return source_by(descriptor, DEMUXERS[mime])


def source_by(descriptor: int, demuxer: str) -> tuple[str, ...]:
    """As `source_of`, by this demuxer."""
    guards = GUARDS_OF_ISO_MEDIA if demuxer == "mov" else ()
    return (*GUARDS, *guards, "-format_whitelist", demuxer, "-f", demuxer, "-i", f"/proc/self/fd/{descriptor}")
