"""Around every request: an id, what is left of allowances, a log line, and the figures for /metrics."""

from __future__ import annotations

import re
import time
from typing import Any, cast

import structlog
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from mediaworks.kit.ids import new_id
from mediaworks.web.limits import limit_headers
from mediaworks.web.metrics import count_request

log = structlog.get_logger("mediaworks.access")

QUIET = {"/health", "/health/live", "/health/ready", "/metrics"}
SECRET_ROUTES = frozenset({"/s/{token}"})  # their paths are not for the log: whoever has one may open it
_REQUEST_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)


def observed(app: ASGIApp) -> ASGIApp:
    """Give each request an id (`X-Request-Id`, taken over when it is a plain one) and note how it went."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if cast(str, scope["type"]) != "http":  # the start and the stop of the application
            await app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _given_id(scope) or str(new_id())
        status = 500

        async def send_with_id(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = (b"x-request-id", request_id.encode())
                message["headers"] = [*message["headers"], own, *limit_headers(scope)]
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await app(scope, receive, send_with_id)
        finally:
            _note(cast(HTTPScope, scope), status, time.perf_counter() - started)

    return middleware


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value.decode("latin-1")):
            return value.decode("latin-1")
    return None


def _note(scope: HTTPScope, status: int, took: float) -> None:
    route = str(scope.get("path_template") or "unmatched")
    count_request(scope["method"], route, status, took)
    if scope["path"] not in QUIET:
        path = route if route in SECRET_ROUTES else scope["path"]
        log.info("request", method=scope["method"], path=path, status=status, ms=round(took * 1000, 1))
