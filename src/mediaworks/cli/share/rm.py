"""`mediaworks share rm`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import connected, require_success
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_outcome


def rm(
    media_id: Annotated[UUID, typer.Argument(help="Id of the media object.")],
    share_id: Annotated[UUID, typer.Argument(help="Id of the share.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """End a share.

    Example: mediaworks share rm 0190… 0192…
    """
    with connected(service) as client:
        require_success(client.delete(f"/api/v1/media/{media_id}/shares/{share_id}"))
    print_outcome({"id": str(share_id), "status": "ended"}, f"[green]✓[/] {share_id} ended", json=json)
