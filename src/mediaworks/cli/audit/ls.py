"""`mediaworks audit ls`"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.pages import Cursor, Limit, collect, print_page

COLUMNS = ("number", "at", "user", "action", "target", "address", "status", "code")


def ls(
    user: Annotated[UUID | None, typer.Option(help="Only of this user, by id.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this operation, such as postApiV1Keys.")] = None,
    status: Annotated[int | None, typer.Option(help="Only what ended with this status.")] = None,
    since: Annotated[str | None, typer.Option(help="Not before this moment (2027-01-01T00:00:00Z).")] = None,
    until: Annotated[str | None, typer.Option(help="Before this moment.")] = None,
    limit: Limit = 50,
    whole: Annotated[bool, typer.Option("--all", help="All there are, however many.")] = False,
    cursor: Cursor = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """List the audit log, the newest first. For administrators.

    Example: mediaworks audit ls --status 403 --since 2027-01-01T00:00:00Z
    """
    given = {"user": user, "action": action, "status": status, "since": since, "until": until, "cursor": cursor}
    query = {name: str(value) for name, value in given.items() if value is not None}
    with connected(service) as client:
        found, following = collect(client, "/api/v1/audit", query, None if whole else limit)
    print_page(found, following, COLUMNS, _row, whole={"number", "at"}, json=json, more="--all")


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    shown = {**row, "at": row["at"][:19].replace("T", " "), "user": row["user_id"]}
    return tuple("" if shown[name] is None else str(shown[name]) for name in COLUMNS)
