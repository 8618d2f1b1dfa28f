"""`mediaworks jobs ls`"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.jobs.lines import moment, outcome_of, progress_of
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.pages import Cursor, Limit, collect, print_page

COLUMNS = ("id", "task", "state", "progress", "created", "outcome")


def ls(
    state: Annotated[str | None, typer.Option(help="queued, running, succeeded, failed, cancelled.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only those of this queue.")] = None,
    task: Annotated[str | None, typer.Option(help="Only those of this task, such as media.understand.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only those about this id.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Of all users, for administrators and services.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """List jobs, the newest first.

    Example: mediaworks jobs ls --state running --all
    """
    scope = "all" if everybody else None
    given = {"state": state, "queue": queue, "task": task, "subject": subject, "cursor": cursor, "scope": scope}
    query = {field: value for field, value in given.items() if value is not None}
    with connected(service) as client:
        found, following = collect(client, "/api/v1/jobs", query, limit)
    print_page(found, following, COLUMNS, _row, whole={"id", "state"}, json=json)


def _row(job: dict[str, Any]) -> tuple[str, ...]:
    return job["id"], job["task"], job["state"], progress_of(job), moment(job["created_at"]), outcome_of(job)
