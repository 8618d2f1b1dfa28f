"""`mediaworks share links`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.listing import show
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.pages import collect

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
    with connected(service) as client:
        found, _ = collect(client, f"/api/v1/media/{media_id}/links", {}, None)
    show({"items": found}, COLUMNS, json=json)
