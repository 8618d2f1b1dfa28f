"""Recordings that show and sound something, made by the ffmpeg in use."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from mediaworks.processing import ffmpeg


def recorded(
    folder: Path, name: str, *arguments: str, seconds: float = 2, size: str = "160x90", rate: str = "25"
) -> Path:
    """A test pattern with a tone in `folder`; `arguments` stand before the name of the file, after both inputs."""
    made = folder / name
    subprocess.run(
        [
            ffmpeg("").path, "-nostdin", "-v", "error", "-y",
            "-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}",
            "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}",
            *arguments, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", made,
        ],
        check=True, timeout=60,
    )  # fmt: skip
    return made


def written(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Text files in `folder`."""
    paths = [folder / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_text(content)
    return paths
