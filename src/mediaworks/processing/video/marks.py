"""The marks in captions, made safe: italics, bold and underlining stay, everything else is plain text."""

from __future__ import annotations

import html
import re

LONGEST_TEXT = 2_000
KEPT = {"i", "b", "u"}
_TAG = re.compile(r"<([^<>]*)>")
_BRACES = re.compile(r"\{([^{}]*)\}")
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_DRAWING = re.compile(r"\\p[1-9]")
_BLANK = re.compile(r"\n\s*\n")
_STYLE = re.compile(r"\\([ib])([01])(?![0-9])")
_TOP = re.compile(r"\{[^{}]*\\an[789]")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def from_tags(raw: str) -> str:
    """SubRip's text as WebVTT: `<i>`, `<b>` and `<u>` stay and are closed, other tags go, the rest is escaped."""
    return _joined(_OVERRIDE.sub("", raw[:LONGEST_TEXT]))


def from_webvtt(raw: str) -> str:
    """As `from_tags`, of text whose entities stand for characters."""
    pieces = _TAG.split(raw[:LONGEST_TEXT])
    return _joined("".join(f"<{piece}>" if n % 2 else _opaque(html.unescape(piece)) for n, piece in enumerate(pieces)))


def from_overrides(raw: str) -> str:
    """Text of ASS: of its override codes italics and bold are kept; drawings are none."""
    if _DRAWING.search(raw):
        return ""
    styled = _BRACES.sub(lambda found: _styles(found[1]), _opaque(raw[:LONGEST_TEXT]))
    return _joined(styled.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", "\u00a0"))


def is_at_top(raw: str) -> bool:
    """Whether an override code puts the text to the upper edge."""
    return _TOP.search(raw) is not None


def _styles(codes: str) -> str:
    return "".join(f"<{name}>" if on == "1" else f"</{name}>" for name, on in _STYLE.findall(codes))


_OPAQUE = str.maketrans({"<": "\ue001", ">": "\ue002"})
_CLEAR = str.maketrans({"\ue001": "<", "\ue002": ">"})


def _opaque(text: str) -> str:
    """Brackets that are no tags, kept apart from those that are."""
    return text.translate(_OPAQUE)


def _joined(text: str) -> str:
    made: list[str] = []
    opened: list[str] = []
    for number, piece in enumerate(_TAG.split(text)):
        made.append(_tag(piece, opened) if number % 2 else _plain(piece))
    made += [f"</{name}>" for name in reversed(opened)]
    return _BLANK.sub("\n", "".join(made)).strip()


def _plain(text: str) -> str:
    clear = _UNSEEN.sub("", text.translate(_CLEAR))
    return clear.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tag(content: str, opened: list[str]) -> str:
    name = content.strip("/ ").lower()
    if name not in KEPT:
        return ""
    if not content.startswith("/"):
        opened.append(name)
        return f"<{name}>"
    if name not in opened:
        return ""
    closed = opened[opened.index(name) :]
    del opened[opened.index(name) :]
    return "".join(f"</{one}>" for one in reversed(closed))
