"""`mediaworks share ls`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.listing import list_all
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson

COLUMNS = ("id", "user_id", "group_id", "access", "created_at")


def ls(
    media_id: Annotated[UUID, typer.Argument(help="Id of the media object.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """List with whom a media object of yours is shared.

    Example: mediaworks share ls 0190…
    """
    list_all(service, f"/api/v1/media/{media_id}/shares", COLUMNS, json=json)
