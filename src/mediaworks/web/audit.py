"""Around every request: what changes something, or was refused for want of identity or permission, is in the audit log
before the first byte of its answer goes out."""

from __future__ import annotations

from typing import Any, cast

import structlog
from litestar.datastructures import State
from litestar.types import ASGIApp, Receive, Scope, Send

from mediaworks.accounts.audit import CHANGES_NOTHING, AuditLog, Entry, foreign_reads
from mediaworks.web.audit_entry import entry_of

log = structlog.get_logger("mediaworks.audit")

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
REFUSED = frozenset({401, 403, 429})


def audited(app: ASGIApp, state: State) -> ASGIApp:
    """`state.audit` is the log; routes with `opt={"data_plane": True}` carry bytes of what others began and are left
    out, unless they are refused; so are requests whose route set CHANGES_NOTHING in the scope's state."""

    async def layer(scope: Scope, receive: Receive, send: Send) -> None:
        if cast(str, scope["type"]) != "http":  # the start and the stop of the application
            await app(scope, receive, send)
            return
        scope.setdefault("state", {})
        foreign_reads.set(set())
        await app(scope, receive, _Answer(scope, send, state.audit))

    return layer


class _Answer:
    """The way of one answer out; its start waits for the first piece of its body, which tells what it was about."""

    def __init__(self, scope: Any, send: Send, audit: AuditLog) -> None:
        self._scope = scope
        self._send = send
        self._audit = audit
        self._start: Any = None

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start" and self._matters(message["status"]):
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            await self._record(start, message)
            await self._send(start)
        await self._send(message)

    def _matters(self, status: int) -> bool:
        if "route_handler" not in self._scope:  # there is nothing under this address
            return False
        if status in REFUSED:
            return True
        return bool(foreign_reads.get()) or (self._scope["method"] in CHANGING and not self._leaves_all_as_it_was())

    def _leaves_all_as_it_was(self) -> bool:
        return bool(self._scope["state"].get(CHANGES_NOTHING)) or self._carries_bytes()

    def _carries_bytes(self) -> bool:
        override = dict(self._scope["headers"]).get(b"x-http-method-override", b"")
        return bool(self._scope["route_handler"].opt.get("data_plane")) and override.upper() != b"DELETE"

    async def _record(self, start: Any, body: Any) -> None:
        """The change is done whatever happens here, so its answer goes out in any case."""
        try:
            entry = entry_of(self._scope, start, body, foreign_reads.get() or set())
            if entry.user_id is not None or self._passes(entry):
                await self._audit.append(entry)
        except Exception:
            log.exception("audit_row_lost", status=start["status"], path=self._scope["path"])

    def _passes(self, entry: Entry) -> bool:
        passed_over = self._audit.flood.pass_over(entry.address)
        if passed_over:
            entry.details["passed_over"] = passed_over
        return passed_over is not None
