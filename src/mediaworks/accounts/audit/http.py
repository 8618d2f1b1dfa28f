"""Routes for the audit log: for administrators."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get
from litestar.datastructures import State
from litestar.params import QueryParameter as Query

from mediaworks.accounts.audit.model import Broken, Entry, Head, Row
from mediaworks.accounts.audit.queries import Wanted
from mediaworks.accounts.audit.service import AuditLog
from mediaworks.accounts.model import Caller
from mediaworks.errors import Invalid
from mediaworks.kit.moments import in_utc
from mediaworks.kit.paging import require_between

MOST = 200
_OPERATION = re.compile(r"[0-9A-Za-z]{1,200}")


class Rooms(State):
    """What these routes work with."""

    audit: AuditLog


class AuditRow(Entry, frozen=True, kw_only=True):
    """Who did what, when, from where, and how it ended; `details` tell more about some actions."""

    number: int
    hash: str


class AuditPage(msgspec.Struct):
    items: list[AuditRow]
    next_cursor: str | None


class Verified(msgspec.Struct):
    """`rows`: how many are as they were written; `head`: the last of them, as `since` takes it; `broken`: the first that
    is not."""

    intact: bool
    rows: int
    head: str
    broken: Broken | None


@get("/", summary="What was done, and by whom")
async def list_audit(
    caller: Caller,
    state: Rooms,
    limit: Annotated[int, Query(description="Rows on a page")] = 50,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
    user: Annotated[UUID | None, Query(description="Only of this user")] = None,
    action: Annotated[str | None, Query(description="Only this operation, by its id in this document")] = None,
    status: Annotated[int | None, Query(description="Only what ended with this status")] = None,
    since: Annotated[datetime | None, Query(description="Not before this moment")] = None,
    until: Annotated[datetime | None, Query(description="Before this moment")] = None,
) -> AuditPage:
    """The newest first."""
    caller.require_admin()
    require_between("limit", limit, MOST)
    wanted = Wanted(
        user_id=user,
        action=_operation(action),
        status=_status(status),
        since=in_utc(since, "since"),
        until=in_utc(until, "until"),
    )
    rows = await state.audit.page(wanted, before=_number(cursor), limit=limit)
    return AuditPage([_view(row) for row in rows], str(rows[-1].number) if len(rows) == limit else None)


@get("/verify", summary="Is the audit log as it was written?")
async def verify_audit(
    caller: Caller,
    state: Rooms,
    since: Annotated[
        str | None, Query(description="A head that was noted before, NUMBER:HASH: is it still there?")
    ] = None,
) -> Verified:
    """Walks over every row. Without a head of before it cannot know whether the end was cut off."""
    caller.require_admin()
    verdict = await state.audit.verify(_noted(since))
    return Verified(verdict.broken is None, verdict.rows, str(verdict.head), verdict.broken)


def _view(row: Row) -> AuditRow:
    return AuditRow(number=row.number, **msgspec.structs.asdict(row.entry), hash=row.hash.hex())


def _operation(action: str | None) -> str | None:
    if action is not None and not _OPERATION.fullmatch(action):
        raise Invalid("action: must be the id of an operation, such as postApiV1Keys", field="action")
    return action


def _status(status: int | None) -> int | None:
    if status is not None and not 100 <= status <= 599:
        raise Invalid("status: must lie between 100 and 599", field="status")
    return status


def _number(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise Invalid("cursor: is not one that a list has given", field="cursor")
    return int(cursor)


def _noted(text: str | None) -> Head | None:
    try:
        return None if text is None else Head.parse(text)
    except ValueError as error:
        raise Invalid(f"since: {error}", field="since") from error


router = Router("/api/v1/audit", route_handlers=[list_audit, verify_audit], tags=["audit"])
