"""Which events somebody wants, and may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from mediaworks.accounts import Caller, Scope
from mediaworks.errors import Invalid
from mediaworks.events.catalogue import CATALOGUE, SHARED_TYPES
from mediaworks.events.model import Published


@dataclass(frozen=True, slots=True)
class Addressed:
    """An event, and the users and groups who may see it beside its owner."""

    event: Published
    audience: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Events of these `types` (None: all) about this `subject` (None: whatever), as far as any of `readers` (the ids of a
    user and its groups) may see them; None sees everybody's."""

    types: frozenset[str] | None
    subject: UUID | None
    readers: frozenset[UUID] | None

    def admits(self, found: Addressed) -> bool:
        event = found.event
        if self.types is not None and event.type not in self.types:
            return False
        if self.subject is not None and event.subject != self.subject:
            return False
        return self.readers is None or event.user_id in self.readers or self._hears_of(found)

    def _hears_of(self, found: Addressed) -> bool:
        return found.event.type in SHARED_TYPES and not found.audience.isdisjoint(self.readers or ())


def wanted_by(caller: Caller, *, types: str | None, subject: UUID | None, everybody: bool) -> Wanted:
    """What the caller may see of what it asks for; `types` as in `media.*,job.failed`.

    Raises Forbidden without the scope or when everybody's are not the caller's to see, Invalid for a type that is not there.
    """
    caller.require(Scope.EVENTS)
    if everybody:
        caller.require_everybody()
    readers = None if everybody else frozenset({caller.user_id, *caller.groups})
    return Wanted(types_like(types.split(",")) if types else None, subject, readers)


def types_like(patterns: Iterable[str], field: str = "types") -> frozenset[str]:
    """The types that any of the patterns means: `media.*`, `job.failed`, `*`. Raises Invalid for one that means none."""
    found: set[str] = set()
    for pattern in (pattern.strip() for pattern in patterns):
        meant = {name for name in CATALOGUE if _means(pattern, name)}
        if not meant:
            raise Invalid(
                f"{field}: there is no type {pattern!r}; see /api/v1/events/types",
                field=field,
                allowed=sorted(CATALOGUE),
            )
        found |= meant
    return frozenset(found)


def _means(pattern: str, name: str) -> bool:
    """A star stands for the whole type, or for what follows a dot."""
    if pattern == "*":
        return True
    return name == pattern or (pattern.endswith(".*") and name.startswith(pattern[:-1]))
