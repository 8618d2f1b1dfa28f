"""`mediaworks audit verify`"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome


def verify(
    since: Annotated[
        str | None, typer.Option(help="A head that was noted before, NUMBER:HASH; finds an end that was cut off.")
    ] = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Check every row of the audit log. Exit code 1 when one was changed or is missing.

    Example: mediaworks audit verify --since 1042:5c3a…
    """
    query = {} if since is None else {"since": since}
    with connected(service) as client:
        found = answer_of(client.get("/api/v1/audit/verify", params=query, timeout=None))
    print_outcome(found, _told(found), json=json)
    if not found["intact"]:
        raise typer.Exit(1)


def _told(found: dict[str, Any]) -> str:
    if found["intact"]:
        return f"{found['rows']} rows, each as it was written; note the head for the next time:\n{found['head']}"
    broken = found["broken"]
    return f"[bold red]broken[/] at row {broken['number']}: {plain(broken['reason'])}"
