from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid
from mediaworks.jobs.batches import MOST_ITEMS
from mediaworks.kit.moments import in_utc
from mediaworks.media import MediaLibrary, Status, Visibility
from mediaworks.media.listing import Filter, Sort, seen_by
from mediaworks.processing import Kind

PAGE = 200


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Media of one kind by the conditions that the list of media knows."""

    scope: Literal["all", "own", "shared"] = "own"
    tag: list[str] = []
    visibility: Visibility | None = None
    name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    min_size: int | None = None
    max_size: int | None = None
    request_number: str | None = None
    parent: UUID | None = None

    def wanted(self, caller: Caller, kind: Kind) -> Filter:
        """Raises Forbidden for everybody's to those who may not see them."""
        return Filter(
            **seen_by(caller, self.scope),
            status=Status.ACTIVE,
            kind=kind,
            tags=tuple(self.tag),
            visibility=self.visibility,
            name=self.name,
            created_after=in_utc(self.created_after, "created_after"),
            created_before=in_utc(self.created_before, "created_before"),
            min_size=self.min_size,
            max_size=self.max_size,
            request_number=self.request_number,
            parent=self.parent,
        )


async def selected(library: MediaLibrary, caller: Caller, selection: Selection, kind: Kind) -> list[str]:
    """The ids of what is selected, the oldest first. Raises Invalid for nothing and for more than a batch may have."""
    wanted, found, cursor = selection.wanted(caller, kind), list[str](), None
    while True:
        page = await library.list(caller, wanted, Sort.OLDEST, limit=PAGE, cursor=cursor, offset=0, total=False)
        found += [str(media.id) for media in page.items]
        if page.next_cursor is None or len(found) > MOST_ITEMS:
            break
        cursor = page.next_cursor
    if not found:
        raise Invalid("query: there are no such objects", field="query")
    if len(found) > MOST_ITEMS:
        told = f"query: means more than {MOST_ITEMS} objects; narrow it, say by created_before"
        raise Invalid(told, field="query", limit=MOST_ITEMS)
    return found
