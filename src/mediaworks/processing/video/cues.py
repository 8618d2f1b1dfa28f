"""Timed text: cues, and WebVTT (https://www.w3.org/TR/webvtt1/) made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec


class Cue(msgspec.Struct, frozen=True):
    """Milliseconds from the recording's beginning; `text` as it stands in WebVTT, escaped; `settings`: where it is shown."""

    start: int
    end: int
    text: str
    settings: str = ""


def webvtt(cues: Iterable[Cue], *headers: str) -> bytes:
    """A whole file; `headers`: lines of its head."""
    return ("\n".join(("WEBVTT", *headers, "", "")) + "\n".join(_block(cue) for cue in cues)).encode()


def between(cues: Iterable[Cue], start: int, end: int) -> Iterator[Cue]:
    """What is to be seen from `start` to `end`, in milliseconds that are then counted from `start`."""
    for cue in cues:
        if cue.start < end and cue.end > start:
            yield msgspec.structs.replace(cue, start=max(cue.start - start, 0), end=min(cue.end, end) - start)


def escaped(text: str) -> str:
    """Plain text as WebVTT wants it: nothing in it is a mark, and no line is empty."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(filter(None, lines)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def milliseconds(parts: Sequence[str]) -> int:
    """Of hours, minutes, seconds and a fraction of a second, as they are written."""
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole * 1000 + int(fraction.ljust(3, "0")[:3])


def _block(cue: Cue) -> str:
    settings = f" {cue.settings}" if cue.settings else ""
    return f"{_clock(cue.start)} --> {_clock(cue.end)}{settings}\n{cue.text}\n"


def _clock(moment: int) -> str:
    seconds, fraction = divmod(moment, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{fraction:03}"
