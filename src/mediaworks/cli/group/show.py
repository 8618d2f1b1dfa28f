"""`mediaworks group show`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli import listing
from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_json, wants_json


def show(
    group_id: Annotated[UUID, typer.Argument(help="Id of the group.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Show who is in a group.

    Example: mediaworks group show 0190…
    """
    with connected(service) as client:
        found = answer_of(client.get(f"/api/v1/groups/{group_id}"))
    if wants_json(json):
        print_json(found)
    else:
        listing.show({"items": found["members"]}, ("id", "name"), json=False)
