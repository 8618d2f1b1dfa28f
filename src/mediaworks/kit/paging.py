"""Pages of a list: how long one may be, and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from mediaworks.errors import Invalid

T = TypeVar("T")
C = TypeVar("C")


def require_between(field: str, given: int, most: int, *, least: int = 1) -> None:
    """Raises Invalid, which names the field and its bounds, unless `given` lies within them."""
    if not least <= given <= most:
        raise Invalid(f"{field}: must lie between {least} and {most}", field=field, limit=most)


def page_of(found: Sequence[T], limit: int, cursor: Callable[[T], C]) -> tuple[tuple[T, ...], C | None]:
    """The first `limit` of what was found by asking for one more, and the cursor of the last where others follow."""
    items = tuple(found[:limit])
    return items, cursor(items[-1]) if len(found) > limit else None
