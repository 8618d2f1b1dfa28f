"""Conditional and partial requests (RFC 9110 sections 13 and 14) as one decision."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


@dataclass(frozen=True, slots=True)
class Representation:
    """What is there: a strong entity tag with its quotes, the second it last changed, its size in bytes."""

    etag: str
    modified: datetime
    size: int

    @property
    def last_modified(self) -> str:
        return format_datetime(self.modified.astimezone(UTC), usegmt=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 200, 206, 304, 412 or 416, and for the first two the bytes to send."""

    status: int
    start: int = 0
    length: int = 0


def decide(headers: Mapping[str, str], found: Representation) -> Answer:
    """The answer to a GET or HEAD with these headers (lower-case names), in the order of RFC 9110 section 13.2.2."""
    if not _may_go_on(headers, found):
        return Answer(412)
    if _is_known(headers, found):
        return Answer(304)
    asked = headers.get("range")
    if asked is None or not _range_still_fits(headers.get("if-range"), found):
        return Answer(200, 0, found.size)
    return _partial(asked, found.size)


def _may_go_on(headers: Mapping[str, str], found: Representation) -> bool:
    if (tags := headers.get("if-match")) is not None:
        return tags.strip() == "*" or found.etag in _TAG.findall(tags)
    since = _date(headers.get("if-unmodified-since"))
    return since is None or _second(found.modified) <= since


def _is_known(headers: Mapping[str, str], found: Representation) -> bool:
    if (tags := headers.get("if-none-match")) is not None:
        return tags.strip() == "*" or found.etag in {tag.removeprefix("W/") for tag in _TAG.findall(tags)}
    since = _date(headers.get("if-modified-since"))
    return since is not None and _second(found.modified) <= since


def _range_still_fits(if_range: str | None, found: Representation) -> bool:
    if if_range is None:
        return True
    if '"' in if_range:
        return if_range.strip() == found.etag
    return _date(if_range) == _second(found.modified)


def _partial(asked: str, size: int) -> Answer:
    """One range; several at once, other units and nonsense are ignored, as section 14.2 allows."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match.groups() == ("", ""):
        return Answer(200, 0, size)
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return Answer(206, size - length, length) if length else Answer(416)
    if last and int(last) < int(first):
        return Answer(200, 0, size)
    if int(first) >= size:
        return Answer(416)
    end = min(int(last), size - 1) if last else size - 1
    return Answer(206, int(first), end - int(first) + 1)


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
