"""`mediaworks uploads ls`"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.pages import Cursor, Limit, collect, print_page
from mediaworks.kit.quantities import readable_size

COLUMNS = ("id", "name", "way", "state", "arrived", "of", "expires")


def ls(
    state: Annotated[str | None, typer.Option(help="open, done, failed, aborted, expired.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Of all users, for administrators and services.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """List uploads and how far they are, the newest first.

    Example: mediaworks uploads ls --state open
    """
    given = {"state": state, "cursor": cursor, "scope": "all" if everybody else None}
    query = {field: value for field, value in given.items() if value is not None}
    with connected(service) as client:
        found, following = collect(client, "/api/v1/uploads", query, limit)
    print_page(found, following, COLUMNS, _row, whole=set(COLUMNS) - {"name"}, json=json)


def _row(upload: dict[str, Any]) -> tuple[str, ...]:
    length = "" if upload["length"] is None else readable_size(upload["length"])
    expires = (upload["expires_at"] or "")[:16].replace("T", " ")
    arrived = readable_size(upload["offset"])
    return upload["id"], upload["name"], upload["protocol"], upload["state"], arrived, length, expires
