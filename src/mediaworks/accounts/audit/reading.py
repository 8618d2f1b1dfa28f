"""Reads of what is somebody else's, noted where they happen and written with the request."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from uuid import UUID

from mediaworks.accounts.model import Caller

CHANGES_NOTHING = "changes_nothing"
"""What a route sets in the state of its scope when a POST only reads."""

foreign_reads: ContextVar[set[UUID] | None] = ContextVar("foreign_reads", default=None)
"""Whose things an administrator has read in the running request."""


def note_foreign_reads(caller: Caller, owners: Iterable[UUID]) -> None:
    """Have the request's row say whose things an administrator looked at. What a service reads is its daily work, and what
    was shared is there to be read."""
    noted = foreign_reads.get()
    if noted is not None and caller.is_admin:
        noted.update(owner for owner in owners if owner != caller.user_id)
