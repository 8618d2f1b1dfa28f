"""`mediaworks group rm`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import connected, require_success
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_outcome


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
        require_success(client.delete(f"/api/v1/groups/{group_id}"))
    print_outcome({"id": str(group_id), "status": "deleted"}, f"[green]✓[/] {group_id} is deleted", json=json)
