"""Captions as files: SubRip, Advanced SubStation Alpha and WebVTT, read into cues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from mediaworks.errors import Unprocessable, UnsupportedType
from mediaworks.processing.video import marks
from mediaworks.processing.video.cues import Cue, milliseconds

MOST_CUES = 20_000
TEXT_CODECS = {"subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"}
_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(.*)")
_ASS_TIME = re.compile(r"\s*(\d{1,4}):(\d{1,2}):(\d{1,2})\.(\d{1,3})\s*$")
_SETTING = re.compile(r"(?:line|position|size):[\d.%,a-z-]{1,30}$|align:[a-z]{1,6}$|vertical:[lr]{2}$")


def read_captions(data: bytes) -> list[Cue]:
    """The cues of a file that can be shown, in their order. Raises UnsupportedType for what is none of the three formats,
    Unprocessable when there are too many."""
    text = _decoded(data)
    read = _reader(text.lstrip()[:4000])
    cues: list[Cue] = []
    for cue in read(text.splitlines()):
        if cue.text and cue.end > cue.start:
            cues.append(cue)
        if len(cues) > MOST_CUES:
            raise Unprocessable(f"More than {MOST_CUES} captions", code="captions_too_large", limit=MOST_CUES)
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def _reader(head: str) -> Callable[[Iterable[str]], Iterator[Cue]]:
    if head.startswith("WEBVTT"):
        return lambda lines: _blocks(lines, marks.from_webvtt)
    if "[script info]" in head.lower() or "[events]" in head.lower():
        return _dialogue
    if "-->" in head:
        return lambda lines: _blocks(lines, marks.from_tags)
    raise UnsupportedType("Captions are SubRip (.srt), Advanced SubStation Alpha (.ass) or WebVTT (.vtt)")


def _decoded(data: bytes) -> str:
    """By its byte order mark, else UTF-8, else what old editors wrote."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _blocks(lines: Iterable[str], safe: Callable[[str], str]) -> Iterator[Cue]:
    """SubRip and WebVTT: a line of times, the text below it, an empty line."""
    waiting = iter(lines)
    for line in waiting:
        timing = _TIMING.match(line)
        if timing is None:
            continue
        raw = "\n".join(iter(lambda: next(waiting, "").strip(), ""))
        told = " ".join(filter(_SETTING.match, timing[9].split()))
        settings = told or ("line:0" if marks.is_at_top(raw) else "")
        yield Cue(milliseconds(timing.groups("0")[:4]), milliseconds(timing.groups("0")[4:8]), safe(raw), settings)


def _dialogue(lines: Iterable[str]) -> Iterator[Cue]:
    """ASS and SSA: lines of the section `[Events]`, whose fields a line `Format:` names."""
    fields: list[str] = []
    for line in lines:
        kind, _, rest = line.partition(":")
        if kind.strip().lower() == "format":
            fields = [name.strip().lower() for name in rest.split(",")]
        elif kind.strip().lower() == "dialogue" and {"start", "end", "text"} <= set(fields):
            values = dict(zip(fields, rest.split(",", len(fields) - 1), strict=False))
            start, end = _ASS_TIME.match(values["start"]), _ASS_TIME.match(values.get("end", ""))
            if start and end:
                raw = values.get("text", "")
                top = "line:0" if marks.is_at_top(raw) else ""
                yield Cue(milliseconds(start.groups()), milliseconds(end.groups()), marks.from_overrides(raw), top)
