"""`mediaworks group create`"""

from __future__ import annotations

from typing import Annotated

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, plain, print_json, readable, wants_json


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
    if wants_json(json):
        print_json(made)
    else:
        console().print(f"[green]✓[/] {plain(made['name'])}  {made['id']}")
