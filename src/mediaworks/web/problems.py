"""Errors as problem+json (RFC 9457): a stable `code`, a `type` that leads to its page, and the facts beside it."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from mediaworks.errors import MediaworksError, Unauthenticated

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TITLES = {
    404: ("not_found", "There is nothing here"),
    405: ("method_not_allowed", "This method is not offered here"),
}


def known(request: Request[Any, Any, Any], error: MediaworksError) -> Response[dict[str, Any]]:
    """One of our own errors."""
    body = _problem(error.status, error.code, error.title, error.detail) | error.facts
    headers = {}
    if isinstance(error, Unauthenticated):
        headers["www-authenticate"] = error.challenge
    if error.status == 416 and "size_bytes" in error.facts:
        headers["content-range"] = f"bytes */{error.facts['size_bytes']}"
    if error.status in {429, 503} or "retry_after" in error.facts:
        headers["retry-after"] = str(error.facts.get("retry_after", 1))
    return Response(body, status_code=error.status, media_type=MEDIA_TYPE, headers=headers)


def framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """An error of the framework: no such route, a body or parameter of the wrong form."""
    if isinstance(error, ValidationException):
        faults = error.extra if isinstance(error.extra, list) else []
        first = faults[0] if faults and isinstance(faults[0], dict) else {}
        field, message = str(first.get("key", "")), str(first.get("message", error.detail))
        detail = f"{field}: {message}" if field else message
        return _response(400, "invalid", "The request is not valid", detail, {"field": field} if field else {})
    code, title = TITLES.get(error.status_code, ("http_error", error.detail))
    if error.status_code >= 500:
        log.error("framework_error", detail=error.detail, exc_info=error)
    return _response(error.status_code, code, title, error.detail, {}, dict(error.headers or {}))


def unknown(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """A fault of ours: the caller learns the request's id, the log the rest."""
    log.error("unhandled_error", exc_info=error)
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return _response(
        500, "internal_error", "Something went wrong on our side", f"The log has more under {request_id}", {}
    )


HANDLERS: dict[int | type[Exception], Any] = {MediaworksError: known, HTTPException: framework, Exception: unknown}


def _response(
    status: int,
    code: str,
    title: str,
    detail: str,
    facts: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> Response[dict[str, Any]]:
    body = _problem(status, code, title, detail) | facts
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def _problem(status: int, code: str, title: str, detail: str) -> dict[str, Any]:
    return {"type": f"/docs/errors#{code}", "title": title, "status": status, "code": code, "detail": detail}
