"""What a resumable upload is to be, byte for byte, and what its sender sends."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from mediaworks.errors import (
    ChecksumMismatch,
    ClientGone,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    MediaworksError,
    OffsetMismatch,
    TooLarge,
    TooSlow,
    UnsupportedType,
)
from mediaworks.processing import HEAD_BYTES, sniff
from mediaworks.uploads.checksums import Checksum
from mediaworks.uploads.resumable import Piece

T = TypeVar("T")
Outcome = type[MediaworksError] | None


@dataclass(slots=True)
class Expected:
    """One upload as it is to be. `plan`: what its sender means to send; `received`: what is to be durable."""

    id: UUID
    key: str
    plan: bytes
    partial: bool
    told: int | None
    received: bytes = b""
    state: str = "open"
    became: Expected | None = None
    is_final: bool = False
    was_published_by_the_dead: bool = False

    @property
    def is_whole(self) -> bool:
        return self.told == len(self.received)

    def is_accepted(self) -> bool:
        return sniff(self.received[:HEAD_BYTES]) is not None

    def settle(self) -> Outcome:
        """A look at the upload finishes what is whole."""
        if self.state != "open":
            return None if self.state == "done" else Gone
        if self.was_published_by_the_dead:
            self.received, self.told, self.was_published_by_the_dead = self.plan, len(self.plan), False
        return self.finish()

    def finish(self) -> Outcome:
        if not self.is_whole or self.partial:
            return None
        self.state = "done" if self.is_accepted() else "gone"
        return None if self.state == "done" else UnsupportedType

    def append(self, sent: Sent) -> Outcome:
        """What becomes of a piece."""
        if self.is_final:
            return Forbidden
        if (refusal := self.settle()) is not None:
            return refusal
        if self.state == "done" or self.is_whole:
            return Conflict
        if sent.offset != len(self.received):
            return OffsetMismatch
        return self._announce(sent) or self._take_in(sent)

    def _announce(self, sent: Sent) -> Outcome:
        if sent.told is not None and (self.told not in {None, sent.told} or sent.told < len(self.received)):
            return Invalid
        known = self.told if sent.told is None else sent.told
        return TooLarge if sent.declared and known is not None and sent.end > known else None

    def _take_in(self, sent: Sent) -> Outcome:
        told = self.told if sent.told is None else sent.told
        judged_early = not (self.received or self.partial or sent.digest != "none")
        if judged_early and len(sent.data) >= HEAD_BYTES and sniff(sent.data[:HEAD_BYTES]) is None:
            self.state = "gone"
            return UnsupportedType
        if told is not None and sent.end > told:
            return TooLarge
        if sent.breaks is not None and sent.digest != "none":
            return sent.breaks
        if sent.digest == "wrong":
            return ChecksumMismatch
        self.received, self.told = self.received + sent.data, told
        return sent.breaks or self.finish()


@dataclass(frozen=True, slots=True)
class Sent:
    """A piece as its sender sends it."""

    offset: int
    data: bytes
    declared: bool = True
    told: int | None = None
    digest: str = "none"
    breaks: type[ClientGone] | type[TooSlow] | None = None
    cuts: int = 1

    @property
    def end(self) -> int:
        return self.offset + len(self.data)

    def piece(self, waiting: Waiting | None = None) -> Piece:
        checksum = None
        if self.digest != "none":
            meant = self.data if self.digest == "right" else self.data + b"!"
            checksum = Checksum("sha256", hashlib.sha256(meant).digest())
        size = len(self.data) if self.declared else None
        interrupt = waiting.interrupted.set if waiting else lambda: None
        return Piece(self.offset, self._chunks(waiting), interrupt, size, length=self.told, checksum=checksum)

    async def _chunks(self, waiting: Waiting | None) -> AsyncIterator[bytes]:
        step = max(1, -(-len(self.data) // self.cuts))
        for start in range(0, len(self.data), step):
            yield self.data[start : start + step]
        if waiting is not None:
            waiting.reached.set()
            await waiting.interrupted.wait()
            raise ClientGone
        if self.breaks is not None:
            raise self.breaks


class Waiting:
    """A sender who has sent its bytes and says nothing until somebody newer comes."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.interrupted = asyncio.Event()


async def outcome(expected: Outcome, call: Coroutine[Any, Any, T]) -> T | None:
    """What the call gives, or None when it is refused as expected."""
    answer, refusal = None, None
    try:
        answer = await call
    except MediaworksError as error:
        refusal = error
    assert (refusal and type(refusal)) is expected, f"{refusal!r} or {answer}, not {expected}"
    return answer
