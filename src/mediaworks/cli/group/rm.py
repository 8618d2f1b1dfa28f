"""`mediaworks group rm`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import connected, problem_of
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, print_json, wants_json


def rm(
    group_id: Annotated[UUID, typer.Argument(help="Id of the group.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Delete a group; what was shared with it is then not shared with its members.

    Example: mediaworks group rm 0190…
    """
    with connected(service) as client:
        answer = client.delete(f"/api/v1/groups/{group_id}")
    if not answer.is_success:
        raise problem_of(answer)
    if wants_json(json):
        print_json({"id": str(group_id), "status": "deleted"})
    else:
        console().print(f"[green]✓[/] {group_id} is deleted")
