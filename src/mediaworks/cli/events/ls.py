"""`mediaworks events ls`"""

from __future__ import annotations

from typing import Annotated

import typer

from mediaworks.cli.client import DataDir, Key, Server, connected
from mediaworks.cli.events.lines import Everybody, Subject, Types, query_of, row
from mediaworks.cli.output import AsJson, console, plain, print_json, print_table, wants_json
from mediaworks.cli.pages import collect

COLUMNS = ("at", "type", "subject", "data")


def ls(
    types: Types = None,
    subject: Subject = None,
    everybody: Everybody = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Go on after the list that ended with this next_cursor.")] = None,
    server: Server = None,
    key: Key = None,
    data_dir: DataDir = None,
    json: AsJson = False,
) -> None:
    """List what has happened, the newest first.

    Example: mediaworks events ls --types media.*,upload.failed --limit 20
    """
    query = query_of(types, subject, everybody) | ({"cursor": cursor} if cursor else {})
    with connected(server, key, data_dir) as client:
        found, following = collect(client, "/api/v1/events/history", query, limit)
    if wants_json(json):
        print_json({"items": found, "next_cursor": following})
        return
    print_table(COLUMNS, map(row, found), whole=set(COLUMNS) - {"data"})
    if following is not None:
        console().print(f"[dim]There are more: --limit, or --cursor {plain(following)}[/]", soft_wrap=True)
