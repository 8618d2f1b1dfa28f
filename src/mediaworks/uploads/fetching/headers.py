"""The headers of both sides: those a caller may send along, and what an answer says of its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

import httpx

from mediaworks.errors import Invalid
from mediaworks.media.labels import clean_name
from mediaworks.uploads.disposition import name_in

HEADERS = 32
HEADER_BYTES = 8 * 1024
_OURS = {
    "accept-encoding", "connection", "content-length", "expect", "host", "if-match", "if-modified-since",
    "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "range", "te", "trailer", "transfer-encoding",
    "upgrade",
}  # fmt: skip
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?|")
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_UNSATISFIED = re.compile(r"bytes \*/(\d{1,18})")


def check_headers(headers: Mapping[str, str]) -> None:
    """Raises Invalid for a header that is malformed, that is ours to set, or when they are too many."""
    if len(headers) > HEADERS or sum(len(name) + len(value) for name, value in headers.items()) > HEADER_BYTES:
        raise Invalid(f"headers: at most {HEADERS} with {HEADER_BYTES} characters in all", field="headers")
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise Invalid(f"headers: {name[:80]!r} is not a header with a valid value", field="headers")
        if name.lower() in _OURS or name.lower().startswith("proxy-"):
            raise Invalid(f"headers: {name} is set by the service", field="headers")


def strong_validator(headers: httpx.Headers) -> str | None:
    """What If-Range may carry (RFC 9110 section 13.1.5): a strong ETag, else a Last-Modified older than the answer."""
    etag = headers.get("etag")
    if etag is not None:
        return etag if etag.startswith('"') else None
    try:
        changed, answered = (parsedate_to_datetime(headers[name]) for name in ("last-modified", "date"))
        return headers["last-modified"] if (answered - changed).total_seconds() >= 1 else None
    except (KeyError, ValueError, TypeError):
        return None


def content_range(headers: httpx.Headers) -> tuple[int, int, int | None] | None:
    """First and last byte and total of a 206, None where the header is missing or makes no sense."""
    match = _RANGE.fullmatch(headers.get("content-range", ""))
    if match is None:
        return None
    first, last = int(match[1]), int(match[2])
    total = None if match[3] == "*" else int(match[3])
    return (first, last, total) if first <= last and (total is None or last < total) else None


def unsatisfied_total(headers: httpx.Headers) -> int | None:
    """The size that a 416 tells."""
    match = _UNSATISFIED.fullmatch(headers.get("content-range", ""))
    return int(match[1]) if match else None


def file_name(headers: httpx.Headers, url: httpx.URL) -> str:
    """The name by Content-Disposition (RFC 6266), else the last segment of the path; "" when there is none."""
    told = name_in(headers.get("content-disposition", ""))
    return clean_name(told, "") or clean_name(unquote(url.raw_path.decode("ascii").partition("?")[0]), "")
