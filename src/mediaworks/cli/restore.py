"""`mediaworks restore`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import DataDir, Key, Server, answer_of, connected
from mediaworks.cli.output import AsJson
from mediaworks.cli.several import each


def restore(
    media_ids: Annotated[list[UUID], typer.Argument(help="Ids of media objects.")],
    server: Server = None,
    key: Key = None,
    data_dir: DataDir = None,
    json: AsJson = False,
) -> None:
    """Bring deleted media back.

    Example: mediaworks restore 0190…
    """
    with connected(server, key, data_dir) as client:
        each(media_ids, lambda media_id: answer_of(client.post(f"/api/v1/media/{media_id}/restore")), json=json)
