"""`mediaworks key change`"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.key.create import Addresses, Origins
from mediaworks.cli.key.expiry import parse_expiry
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome, readable
from mediaworks.errors import SetupError


def change(
    key_id: Annotated[UUID, typer.Argument(help="Id of the key.")],
    name: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="The scopes that it keeps; again for more.")] = None,
    expires: Annotated[str | None, typer.Option(help="A span (12h, 30d) or a moment (2027-01-01T00:00:00Z).")] = None,
    origin: Origins = None,
    address: Addresses = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Rename a key or make it tighter; administrators may let it do more. Its secret stays.

    Example: mediaworks key change 0190… --expires 7d --scope media:read
    """
    changes: dict[str, Any] = {
        "name": name and readable(name),
        "scopes": scope,
        "expires_at": expires and parse_expiry(expires, now=datetime.now(UTC)).isoformat(),
        "allowed_origins": origin,
        "allowed_addresses": address,
    }
    given = {field: value for field, value in changes.items() if value}
    if not given:
        raise SetupError("Nothing to change: give --name, --scope, --expires, --origin or --address")
    with connected(service) as client:
        changed = answer_of(client.patch(f"/api/v1/keys/{key_id}", json=given))
    print_outcome(changed, f"[green]✓[/] {plain(changed['name'])} ({changed['prefix']}…)", json=json)
