"""`mediaworks ls`"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediaworks.cli.client import Key, Server, answer_of, connected
from mediaworks.cli.output import AsJson, console, print_json, wants_json
from mediaworks.kit.quantities import readable_size

if TYPE_CHECKING:
    import httpx

PAGE = 200


def ls(
    kind: Annotated[str | None, typer.Option(help="image, video, audio, document.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Every tag given must be there.")] = None,
    status: Annotated[str | None, typer.Option(help="active, deleted, or pending, ready, failed.")] = None,
    name: Annotated[str | None, typer.Option(help="A part of the name.")] = None,
    sort: Annotated[
        str | None, typer.Option(help="created_at, size_bytes, original_name; a minus before turns round.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    everybody: Annotated[bool, typer.Option("--everybody", help="Of all users, for administrators.")] = False,
    server: Server = None,
    key: Key = None,
    json: AsJson = False,
) -> None:
    """List media, the newest first.

    Example: mediaworks ls --kind video --sort -size_bytes --limit 10
    """
    given = {
        "kind": kind,
        "tag": tag,
        "status": status,
        "name": name,
        "sort": sort,
        "scope": "all" if everybody else None,
    }
    query = {field: value for field, value in given.items() if value is not None}
    with connected(server, key) as client:
        found = list(_pages(client, query, limit))
    if wants_json(json):
        print_json({"items": found})
    else:
        _print(found)


def _pages(client: httpx.Client, query: dict[str, Any], limit: int) -> Iterator[dict[str, Any]]:
    cursor: dict[str, str] = {}
    while limit > 0:
        page = answer_of(client.get("/api/v1/media", params=query | cursor | {"limit": min(limit, PAGE)}))
        yield from page["items"]
        limit -= len(page["items"])
        if page["next_cursor"] is None:
            return
        cursor = {"cursor": page["next_cursor"]}


def _print(found: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for column in ("id", "name", "kind", "size", "pixels", "ready", "created"):
        table.add_column(column, no_wrap=column != "name", overflow="fold")
    for one in found:
        pixels = f"{one['width']}×{one['height']}" if one["width"] else ""
        created = one["created_at"][:16].replace("T", " ")
        row = (one["id"], one["original_name"], one["kind"], readable_size(one["size_bytes"]), pixels)
        table.add_row(*row, one["processing_status"], created)
    console.print(table)
