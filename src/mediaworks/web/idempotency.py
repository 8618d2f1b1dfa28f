"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a POST that comes again gets the first answer again.

The body streams by to the route as always; only its fingerprint is kept.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import Any

import structlog
from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send

from mediaworks.accounts.identity import identify
from mediaworks.db import Connection, before_commit
from mediaworks.errors import Invalid, KeyReused, MediaworksError, Unauthenticated
from mediaworks.events import cause
from mediaworks.events.idempotency import Answer, Idempotency, Kept, Running
from mediaworks.uploads.http.body import LINGER_SECONDS, Body
from mediaworks.web.fingerprint import BodyFingerprint, content_type_of, of_request

log = structlog.get_logger(__name__)

LARGEST_ANSWER = 1 << 20
PASSING = frozenset({401, 403, 408, 423, 425, 429, 499})  # another try may end otherwise
_KEY = re.compile(rb'(?:"((?:[ !#-\[\]-~]|\\["\\]){1,255})"|([!#-~]{1,255}))')


def idempotent(app: ASGIApp) -> ASGIApp:
    """A layer around routes; a request without the header goes through untouched."""

    async def layer(scope: Scope, receive: Receive, send: Send) -> None:
        given = [value for name, value in scope["headers"] if name == b"idempotency-key"]
        if not given or scope.get("method") != "POST":
            await app(scope, receive, send)
            return
        rooms = scope["litestar_app"].state
        try:
            caller = await identify(scope, rooms.accounts)
        except Unauthenticated:
            await app(scope, receive, send)  # the route says so, if it wants to know at all
            return
        key, body = _key(given), Body(Request(scope, receive), rooms.uploads.config)
        try:
            found = await rooms.idempotency.begin(caller.user_id, key, of_request(scope, caller))
            if isinstance(found, Kept):
                await _require_same(body, scope, found)
        except MediaworksError:
            await body.linger()
            raise
        if isinstance(found, Kept):
            await _send(send, found.answer, replayed=True)
        else:
            await _run(app, scope, _Read(scope, receive), send, _Keeper(rooms.idempotency, found, key))

    return layer


def _key(given: list[bytes]) -> str:
    match = _KEY.fullmatch(given[0].strip()) if len(given) == 1 else None
    if match is None:
        raise Invalid(
            "Idempotency-Key: must be one string of 1 to 255 visible characters, such as a UUID",
            code="idempotency_key_invalid",
            field="Idempotency-Key",
        )
    return re.sub(rb'\\(["\\])', rb"\1", match[1] or match[2]).decode()


async def _require_same(body: Body, scope: Scope, kept: Kept) -> None:
    fingerprint = BodyFingerprint(content_type_of(scope))
    async for chunk in body.chunks():
        fingerprint.update(chunk)
    if fingerprint.digest() != kept.body:
        raise KeyReused("Idempotency-Key: came before with another body")


async def _run(app: ASGIApp, scope: Scope, read: _Read, send: Send, keeper: _Keeper) -> None:
    caused = cause.set(keeper.running.id)
    noting = before_commit.set(None if _takes_files(scope) else keeper.note_change)
    try:
        await app(scope, read, _Outgoing(send, read, keeper))
    finally:
        before_commit.reset(noting)
        cause.reset(caused)
        await keeper.end()


def _takes_files(scope: Any) -> bool:
    """Such a request notes much before it makes something; what it makes has events."""
    return scope["route_handler"].request_max_body_size is None


async def _send(send: Send, answer: Answer, *, replayed: bool) -> None:
    headers = [*answer.headers, (b"idempotency-replayed", b"true")] if replayed else answer.headers
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


class _Read:
    """The body on its way to the route."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._fingerprint = BodyFingerprint(content_type_of(scope))
        self.ended = False

    async def __call__(self) -> Any:
        message: Any = await self._receive()
        if message["type"] == "http.request" and not self.ended:
            self._fingerprint.update(message.get("body", b""))
            self.ended = not message.get("more_body", False)
        return message

    async def fingerprint(self) -> bytes | None:
        """None when more than a little of the body is left: nobody knows whether it comes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while not self.ended and self._fingerprint.size <= LARGEST_ANSWER:
                    if (await self())["type"] != "http.request":
                        return None
        return self._fingerprint.digest() if self.ended else None


class _Keeper:
    """The end of a request that runs: its answer is kept, or it may be sent again."""

    def __init__(self, idempotency: Idempotency, running: Running, key: str) -> None:
        self.running = running
        self._idempotency = idempotency
        self._key = key
        self._kept = False

    async def note_change(self, connection: Connection) -> None:
        await self._idempotency.note_change(self.running, connection)

    async def keep(self, read: _Read, answer: Answer) -> None:
        """What cannot be kept is answered all the same: the change is done."""
        if answer.status >= 500 or answer.status in PASSING or (answer.status >= 400 and not read.ended):
            return
        try:
            if (fingerprint := await read.fingerprint()) is not None:
                await self._idempotency.keep(self.running, self._key, fingerprint, answer)
                self._kept = True
        except MediaworksError as error:
            log.error("idempotency_answer_lost", code=error.code, id=self.running.id)

    async def end(self) -> None:
        if self._kept:
            return
        try:
            await self._idempotency.release(self.running)
        except MediaworksError as error:
            log.error("idempotency_key_stays_held", code=error.code, id=self.running.id)


class _Outgoing:
    """The answer, held back until it is whole and kept; one that grows too long goes out as it comes."""

    def __init__(self, send: Send, read: _Read, keeper: _Keeper) -> None:
        self._send = send
        self._read = read
        self._keeper = keeper
        self._held: list[Any] = []
        self._size = 0

    async def __call__(self, message: Any) -> None:
        self._size += len(message.get("body", b""))
        self._held.append(message)
        keepable = self._size <= LARGEST_ANSWER and message["type"] in {"http.response.start", "http.response.body"}
        if keepable and (message["type"] == "http.response.start" or message.get("more_body")):
            return
        if keepable:
            await self._keeper.keep(self._read, self._answer())
        held, self._held = self._held, []
        for one in held:
            await self._send(one)

    def _answer(self) -> Answer:
        start, *bodies = self._held
        return Answer(start["status"], list(start["headers"]), b"".join(bytes(one.get("body", b"")) for one in bodies))
