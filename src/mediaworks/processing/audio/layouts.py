"""How so many channels are meant where nothing else is said."""

from __future__ import annotations

LAYOUTS = ("mono", "stereo", "2.1", "quad", "5.0", "5.1", "6.1", "7.1")


def layout_of(channels: int) -> str:
    """The usual layout, by its name in ffmpeg; of more than eight the widest that there is."""
    return LAYOUTS[min(channels, len(LAYOUTS)) - 1]
