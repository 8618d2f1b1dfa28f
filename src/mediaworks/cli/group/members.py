"""`mediaworks group add|remove`"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome

GroupId = Annotated[UUID, typer.Argument(help="Id of the group.")]
UserId = Annotated[UUID, typer.Argument(help="Id of the user.")]


def add(
    group_id: GroupId, user_id: UserId, *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Put a user into a group.

    Example: mediaworks group add 0190… 0191…
    """
    with connected(service) as client:
        _print(answer_of(client.put(f"/api/v1/groups/{group_id}/members/{user_id}")), json)


def remove(
    group_id: GroupId, user_id: UserId, *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Take a user out of a group.

    Example: mediaworks group remove 0190… 0191…
    """
    with connected(service) as client:
        _print(answer_of(client.delete(f"/api/v1/groups/{group_id}/members/{user_id}")), json)


def _print(group: dict[str, Any], json: bool) -> None:
    print_outcome(group, f"[green]✓[/] {plain(group['name'])}: {len(group['members'])} members", json=json)
