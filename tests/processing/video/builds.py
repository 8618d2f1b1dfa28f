"""Builds of ffmpeg that can do little."""

from __future__ import annotations

from pathlib import Path

PROGRAM = """#!/bin/sh
case "$*" in
  *-version*) echo "ffmpeg version {version} Copyright" ;;
  *-encoders*) echo " V....D libx264 H.264"; echo " A..... aac AAC" ;;
  *-muxers*) echo "  E mp4 MP4"; echo "  E matroska,webm Matroska" ;;
  *-filters*) echo " ... scale V->V Scale" ;;
esac
"""


def small_build(folder: Path, version: str = "7.1-static") -> Path:
    """An ffmpeg that was built with little."""
    path = folder / "ffmpeg"
    path.write_text(PROGRAM.format(version=version))
    path.chmod(0o755)
    return path
