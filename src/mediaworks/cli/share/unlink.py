"""`mediaworks share unlink`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_outcome


def unlink(
    media_id: Annotated[UUID, typer.Argument(help="Id of the media object.")],
    link_id: Annotated[UUID, typer.Argument(help="Id of the link.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Revoke a link.

    Example: mediaworks share unlink 0190… 0193…
    """
    with connected(service) as client:
        revoked = answer_of(client.delete(f"/api/v1/media/{media_id}/links/{link_id}"))
    print_outcome(revoked, f"[green]✓[/] {link_id} opens nothing any more", json=json)
