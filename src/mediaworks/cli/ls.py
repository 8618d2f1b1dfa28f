"""`mediaworks ls`"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.pages import Cursor, Limit, collect, print_page
from mediaworks.kit.quantities import readable_size

COLUMNS = ("id", "name", "kind", "size", "dimensions", "status", "created")


def ls(
    kind: Annotated[str | None, typer.Option(help="image, video, audio, document.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Every tag given must be there.")] = None,
    status: Annotated[str | None, typer.Option(help="active, deleted, or pending, ready, failed.")] = None,
    name: Annotated[str | None, typer.Option(help="A part of the name.")] = None,
    sort: Annotated[
        str | None, typer.Option(help="created_at, size_bytes, original_name; a minus before turns round.")
    ] = None,
    limit: Limit = 50,
    whole: Annotated[bool, typer.Option("--all", help="All there are, however many.")] = False,
    cursor: Cursor = None,
    everybody: Annotated[
        bool, typer.Option("--everybody", help="Of all users, for administrators and services.")
    ] = False,
    shared: Annotated[bool, typer.Option("--shared", help="What others share with you.")] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """List media, the newest first.

    Example: mediaworks ls --kind video --sort -size_bytes --limit 10
    """
    given = {"kind": kind, "tag": tag, "status": status, "name": name, "sort": sort, "cursor": cursor}
    query = {field: value for field, value in given.items() if value is not None}
    if everybody or shared:
        query["scope"] = "shared" if shared else "all"
    with connected(service) as client:
        found, following = collect(client, "/api/v1/media", query, None if whole else limit)
    print_page(found, following, COLUMNS, _row, whole=set(COLUMNS) - {"name"}, json=json, more="--all")


def _row(media: dict[str, Any]) -> tuple[str, ...]:
    dimensions = f"{media['width']}×{media['height']}" if media["width"] else ""
    status = media["processing_status"] if media["status"] == "active" else media["status"]
    created = media["created_at"][:16].replace("T", " ")
    size = readable_size(media["size_bytes"])
    return media["id"], media["original_name"], media["kind"], size, dimensions, status, created
