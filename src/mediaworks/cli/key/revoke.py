"""`mediaworks key revoke`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome


def revoke(
    key_id: Annotated[UUID, typer.Argument(help="Id of the key.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """End a key at once.

    Example: mediaworks key revoke 0190…
    """
    with connected(service) as client:
        revoked = answer_of(client.delete(f"/api/v1/keys/{key_id}"))
    print_outcome(
        revoked, f"[green]✓[/] {plain(revoked['name'])} ({revoked['prefix']}…) opens nothing any more", json=json
    )
