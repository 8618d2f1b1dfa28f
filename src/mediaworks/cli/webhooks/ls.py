"""`mediaworks webhooks ls`"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_json, print_table, wants_json
from mediaworks.cli.pages import collect
from mediaworks.cli.webhooks.arguments import PATH

COLUMNS = ("id", "url", "events", "scope", "state")


def ls(
    own: Annotated[bool, typer.Option("--own", help="Only yours, for administrators and services.")] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """List webhooks: yours, or everybody's for administrators and services.

    Example: mediaworks webhooks ls
    """
    with connected(service) as client:
        found, following = collect(client, PATH, {"scope": "own"} if own else {}, None)
    if wants_json(json):
        print_json({"items": found, "next_cursor": following})
    else:
        print_table(COLUMNS, map(_row, found), whole={"id"})


def _row(webhook: dict[str, Any]) -> tuple[str, ...]:
    return webhook["id"], webhook["url"], ", ".join(webhook["events"]), webhook["scope"], state_of(webhook)


def state_of(webhook: dict[str, Any]) -> str:
    """In words: whether it is asked, and how it answers."""
    if not webhook["enabled"]:
        return f"off since {_minute(webhook['disabled_at'])}: {webhook['disabled_reason']}"
    return f"fails since {_minute(webhook['failing_since'])}" if webhook["failing_since"] else "on"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")
