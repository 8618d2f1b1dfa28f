"""`mediaworks share links`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.listing import list_all
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson

COLUMNS = ("id", "has_password", "downloads", "max_downloads", "expires_at", "revoked_at")


def links(
    media_id: Annotated[UUID, typer.Argument(help="Id of the media object.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """List the links to a media object of yours, those that are over too.

    Example: mediaworks share links 0190…
    """
    list_all(service, f"/api/v1/media/{media_id}/links", COLUMNS, json=json)
