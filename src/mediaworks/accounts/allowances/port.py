from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mediaworks.accounts.allowances.model import Allotment, Level, Outcome


class Buckets(Protocol):
    """Token buckets that all processes share. `testing/buckets.py` says what each implementation does.

    Each method raises Unavailable when they cannot be reached.
    """

    async def take(self, count: float, allotments: Sequence[Allotment]) -> Outcome:
        """Take `count` from every bucket that has it, or from none when one has not."""

    async def charge(self, count: float, allotments: Sequence[Allotment]) -> None:
        """Take `count` from every bucket, whatever is in it: it may then be overdrawn."""

    async def levels(self, allotments: Sequence[Allotment]) -> tuple[Level, ...]:
        """How full the buckets are, in the order asked for."""

    async def close(self) -> None:
        """Let go of connections."""
