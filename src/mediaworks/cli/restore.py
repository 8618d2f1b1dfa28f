"""`mediaworks restore`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.several import each


def restore(
    media_ids: Annotated[list[UUID], typer.Argument(help="Ids of media objects.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Bring deleted media back.

    Example: mediaworks restore 0190…
    """
    with connected(service) as client:
        each(media_ids, lambda media_id: answer_of(client.post(f"/api/v1/media/{media_id}/restore")), json=json)
