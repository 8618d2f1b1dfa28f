"""What stands between durable bytes and an active media object."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Decision(StrEnum):
    ALLOW = "allow"
    QUARANTINE = "quarantine"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason`: for people, "" when allowed; `check`: whose decision it is."""

    decision: Decision
    reason: str = ""
    check: str = ""


ALLOW = Verdict(Decision.ALLOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An upload whose bytes are durable. `read(start, length)`: its bytes from `start`, all of them with None."""

    upload_id: UUID
    user_id: UUID
    name: str
    mime_type: str
    size_bytes: int
    sha256: str
    read: Callable[[int, int | None], AsyncIterator[bytes]]


class Check(Protocol):
    """One judge of candidates."""

    async def judge(self, candidate: Candidate) -> Verdict:
        """Raises Unavailable when it cannot decide now and the sender is to try again; what `candidate.read` raises
        goes through."""
        ...
