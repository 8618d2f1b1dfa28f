"""`mediaworks user show`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_json, print_table, wants_json


def show(
    user_id: Annotated[UUID, typer.Argument(help="Id of the user.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Show one user.

    Example: mediaworks user show 0190…
    """
    with connected(service) as client:
        user = answer_of(client.get(f"/api/v1/users/{user_id}"))
    if wants_json(json):
        print_json(user)
    else:
        print_table(("field", "value"), [(name, "" if value is None else str(value)) for name, value in user.items()])
