"""Values of request headers, and answers that are headers alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import MediaType, Request, Response

from mediaworks.errors import Invalid


def count(request: Request[Any, Any, Any], name: str) -> int:
    """A header that is a number of bytes. Raises Invalid."""
    text = request.headers.get(name, "")
    shown = "-".join(word.capitalize() for word in name.split("-"))
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Invalid(f"{shown}: must be a whole number of bytes that is not negative", field=shown)
    return int(text)


def flag(request: Request[Any, Any, Any], name: str) -> bool | None:
    """A header that is a boolean of RFC 9651 (`?1`, `?0`); None without it. Raises Invalid."""
    text = request.headers.get(name)
    if text is None:
        return None
    if text.strip() not in {"?0", "?1"}:
        shown = "-".join(word.capitalize() for word in name.split("-"))
        raise Invalid(f"{shown}: must be ?0 or ?1", field=shown)
    return text.strip() == "?1"


def content_type(request: Request[Any, Any, Any]) -> str:
    """The media type of the body, in small letters and without parameters; empty when none is told."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def empty(status: int, headers: Mapping[str, str]) -> Response[bytes]:
    """An answer without a body."""
    return Response(b"", status_code=status, headers=dict(headers), media_type=MediaType.TEXT)
