"""Lists that come page by page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediaworks.cli.client import answer_of
from mediaworks.cli.output import console, plain, print_json, print_table, wants_json

if TYPE_CHECKING:
    import httpx

PAGE = 200

Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]
Cursor = Annotated[str | None, typer.Option(help="Go on after the list that ended with this next_cursor.")]


def collect(
    client: httpx.Client, path: str, query: Mapping[str, Any], limit: int | None
) -> tuple[list[dict[str, Any]], str | None]:
    """At most `limit` objects, and the cursor of what comes after them."""
    found: list[dict[str, Any]] = []
    while True:
        wanted = PAGE if limit is None else min(PAGE, limit - len(found))
        page = answer_of(client.get(path, params={**query, "limit": wanted}))
        found += page["items"]
        if page["next_cursor"] is None or len(found) == limit:
            return found, page["next_cursor"]
        query = {**query, "cursor": page["next_cursor"]}


def print_page(
    found: Sequence[dict[str, Any]],
    following: str | None,
    columns: Sequence[str],
    row: Callable[[dict[str, Any]], tuple[str, ...]],
    *,
    whole: Collection[str],
    json: bool,
    more: str = "--limit",
) -> None:
    """What `collect` found: JSON for programs, else a table and, when there is more, how to have it (`more`: the option)."""
    if wants_json(json):
        print_json({"items": found, "next_cursor": following})
        return
    print_table(columns, map(row, found), whole=whole)
    if following is not None:
        console().print(f"[dim]There are more: {more}, or --cursor {plain(following)}[/]", soft_wrap=True)
