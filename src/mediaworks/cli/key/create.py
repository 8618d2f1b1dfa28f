"""`mediaworks key create`"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.key.expiry import parse_expiry
from mediaworks.cli.limits import Limits
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_outcome, readable

Origins = Annotated[
    list[str] | None,
    typer.Option("--origin", help="A web page that may use it: https://www.example.org; again for more."),
]
Addresses = Annotated[
    list[str] | None, typer.Option("--address", help="A network to use it from: 10.2.0.0/16; again for more.")
]


def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    user: Annotated[UUID | None, typer.Option(help="Id of the user it belongs to; yours without one.")] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="media:read, media:write, events, accounts; may be given again.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="A span (12h, 30d, 8w, 1y) or a moment (2027-01-01T00:00:00Z).")
    ] = None,
    origin: Origins = None,
    address: Addresses = None,
    *,
    limits: Limits,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Make a key; it is shown this once.

    Example: mediaworks key create "upload bot" --scope media:write --expires 90d --max-file-size 2GiB

    Example: mediaworks key create "web page" --origin https://www.example.org --allow requests=600/1m
    """
    request = {
        "name": readable(name),
        "user_id": user and str(user),
        "scopes": scope or None,
        "expires_at": expires and parse_expiry(expires, now=datetime.now(UTC)).isoformat(),
        "policy": limits.policy(),
        "allowed_origins": origin or [],
        "allowed_addresses": address or [],
    }
    with connected(service) as client:
        made = answer_of(client.post("/api/v1/keys", json=request))
    print_outcome(made, f"{made['key']}\n[dim]It is not shown again; its id is {made['id']}[/]", json=json)
