"""`mediaworks user create`"""

from __future__ import annotations

from typing import Annotated

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome, readable
from mediaworks.errors import SetupError
from mediaworks.kit.quantities import Bytes


def create(
    name: Annotated[str, typer.Argument(help="A name that nobody has yet.")],
    role: Annotated[str, typer.Option(help="admin, service, user or viewer.")] = "user",
    quota: Annotated[str | None, typer.Option(help="How much the user may keep, such as 10GiB.")] = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Make a user.

    Example: mediaworks user create ada --quota 10GiB
    """
    request = {"name": readable(name), "role": role, "quota_bytes": quota_bytes(quota)}
    with connected(service) as client:
        made = answer_of(client.post("/api/v1/users", json=request))
    print_outcome(made, f"[green]✓[/] {plain(made['name'])}  {made['id']}", json=json)


def quota_bytes(quota: str | None) -> int | None:
    """Raises SetupError for what is no size."""
    try:
        return None if quota is None else Bytes.parse(quota)
    except ValueError as error:
        raise SetupError(f"--quota: {error}") from error
