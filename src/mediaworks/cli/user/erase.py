"""`mediaworks user erase`"""

from __future__ import annotations

import sys
from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_outcome, readable
from mediaworks.errors import SetupError


def erase(
    user_id: Annotated[UUID, typer.Argument(help="Id of the user.")],
    name: Annotated[str | None, typer.Option(help="The user's name, as a confirmation; asked for without one.")] = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Remove all data of a user for good: media, uploads, keys, shares, links.

    Example: mediaworks user erase 0190… --name ada
    """
    if name is None and not sys.stdin.isatty():
        raise SetupError("--name: this removes for good, and there is no terminal to ask on")
    confirmed = name if name is not None else typer.prompt("Name of the user who is to be erased", err=True)
    with connected(service) as client:
        asked = answer_of(client.post(f"/api/v1/users/{user_id}/erase", json={"name": readable(confirmed)}))
    print_outcome(asked, f"[green]✓[/] the account is closed; the job {asked['job_id']} removes its data", json=json)
