from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """What a request was answered."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Running:
    """The request is the caller's to run: what it changes is known by `id`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Kept:
    """The request was answered already; `body` is the fingerprint of the body it came with."""

    body: bytes
    answer: Answer
