"""`mediaworks share rm`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import connected, problem_of
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, print_json, wants_json


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
        answer = client.delete(f"/api/v1/media/{media_id}/shares/{share_id}")
    if not answer.is_success:
        raise problem_of(answer)
    if wants_json(json):
        print_json({"id": str(share_id), "status": "ended"})
    else:
        console().print(f"[green]✓[/] {share_id} ended")
