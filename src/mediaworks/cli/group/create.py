"""`mediaworks group create`"""

from __future__ import annotations

from typing import Annotated

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome, readable


def create(
    name: Annotated[str, typer.Argument(help="A name that no group has yet.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Make a group.

    Example: mediaworks group create editors
    """
    with connected(service) as client:
        made = answer_of(client.post("/api/v1/groups", json={"name": readable(name)}))
    print_outcome(made, f"[green]✓[/] {plain(made['name'])}  {made['id']}", json=json)
