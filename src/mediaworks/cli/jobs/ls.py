"""`mediaworks jobs ls`"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mediaworks.cli.client import DataDir, Key, Server, connected
from mediaworks.cli.jobs.lines import moment, outcome_of, progress_of
from mediaworks.cli.output import AsJson, console, plain, print_json, print_table, wants_json
from mediaworks.cli.pages import collect

COLUMNS = ("id", "task", "state", "progress", "created", "outcome")


def ls(
    state: Annotated[str | None, typer.Option(help="queued, running, succeeded, failed, cancelled.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only those of this queue.")] = None,
    task: Annotated[str | None, typer.Option(help="Only those of this task, such as media.understand.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only those about this id.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Of all users, for administrators and services.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Go on after the list that ended with this next_cursor.")] = None,
    server: Server = None,
    key: Key = None,
    data_dir: DataDir = None,
    json: AsJson = False,
) -> None:
    """List jobs, the newest first.

    Example: mediaworks jobs ls --state running --all
    """
    scope = "all" if everybody else None
    given = {"state": state, "queue": queue, "task": task, "subject": subject, "cursor": cursor, "scope": scope}
    query = {field: value for field, value in given.items() if value is not None}
    with connected(server, key, data_dir) as client:
        found, following = collect(client, "/api/v1/jobs", query, limit)
    if wants_json(json):
        print_json({"items": found, "next_cursor": following})
        return
    print_table(COLUMNS, map(_row, found), whole={"id", "state"})
    if following is not None:
        console().print(f"[dim]There are more: --limit, or --cursor {plain(following)}[/]", soft_wrap=True)


def _row(job: dict[str, Any]) -> tuple[str, ...]:
    return job["id"], job["task"], job["state"], progress_of(job), moment(job["created_at"]), outcome_of(job)
