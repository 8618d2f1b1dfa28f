"""`mediaworks share with`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_outcome
from mediaworks.errors import SetupError


def with_(
    media_id: Annotated[UUID, typer.Argument(help="Id of the media object.")],
    user: Annotated[UUID | None, typer.Option(help="Id of a user.")] = None,
    group: Annotated[UUID | None, typer.Option(help="Id of a group.")] = None,
    edit: Annotated[bool, typer.Option("--edit", help="They may also change name, tags and metadata.")] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Share with a user or a group; again with the same one, only what they may do changes.

    Example: mediaworks share with 0190… --user 0191… --edit
    """
    if (user is None) == (group is None):
        raise SetupError("With whom? Give --user or --group")
    recipient = {"user_id": str(user)} if user else {"group_id": str(group)}
    request = recipient | {"access": "edit" if edit else "view"}
    with connected(service) as client:
        made = answer_of(client.post(f"/api/v1/media/{media_id}/shares", json=request))
    print_outcome(
        made,
        f"[green]✓[/] shared to {made['access']}; end it with: mediaworks share rm {media_id} {made['id']}",
        json=json,
    )
