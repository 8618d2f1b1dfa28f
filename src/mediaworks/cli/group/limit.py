"""`mediaworks group limit`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.limits import UploadLimits
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome


def limit(
    group_id: Annotated[UUID, typer.Argument(help="Id of the group.")],
    *,
    limits: UploadLimits,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Limit what the members of a group may upload, in place of the limits before; without options nothing limits them.

    Example: mediaworks group limit 0190… --max-file-size 2GiB
    """
    with connected(service) as client:
        made = answer_of(client.patch(f"/api/v1/groups/{group_id}", json={"policy": limits.policy()}))
    print_outcome(made, f"[green]✓[/] {plain(made['name'])}: {len(made['policy'])} limits", json=json)
