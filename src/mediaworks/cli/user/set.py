"""`mediaworks user set`"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, plain, print_json, readable, wants_json
from mediaworks.cli.user.create import quota_bytes
from mediaworks.errors import SetupError


def set_(
    user_id: Annotated[UUID, typer.Argument(help="Id of the user.")],
    role: Annotated[str | None, typer.Option(help="admin, service, user or viewer.")] = None,
    name: Annotated[str | None, typer.Option(help="A name that nobody has yet.")] = None,
    quota: Annotated[str | None, typer.Option(help="How much the user may keep, such as 10GiB.")] = None,
    disabled: Annotated[bool | None, typer.Option("--disabled/--enabled", help="Let nobody in as this user.")] = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Change a user, or let nobody in as this user any more.

    Example: mediaworks user set 0190… --role service --quota 100GiB

    Example: mediaworks user set 0190… --disabled
    """
    changes: dict[str, Any] = {
        "role": role,
        "name": name and readable(name),
        "quota_bytes": quota_bytes(quota),
        "disabled": disabled,
    }
    given = {field: value for field, value in changes.items() if value is not None}
    if not given:
        raise SetupError("Nothing to change: give --role, --name, --quota, --disabled or --enabled")
    with connected(service) as client:
        changed = answer_of(client.patch(f"/api/v1/users/{user_id}", json=given))
    if wants_json(json):
        print_json(changed)
    else:
        state = "disabled" if changed["disabled_at"] else changed["role"]
        console().print(f"[green]✓[/] {plain(changed['name'])}: {state}")
