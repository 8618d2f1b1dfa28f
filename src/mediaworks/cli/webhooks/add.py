"""`mediaworks webhooks add`"""

from __future__ import annotations

from typing import Annotated

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_outcome, readable
from mediaworks.cli.webhooks.arguments import PATH


def add(
    url: Annotated[str, typer.Argument(help="Where events are POSTed to.")],
    event: Annotated[
        list[str] | None,
        typer.Option(help="A type, a beginning such as media.*, or * (the default); may be given again."),
    ] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    everybody: Annotated[
        bool, typer.Option("--all", help="Of all users' events, for administrators and services.")
    ] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Make a webhook; its secret is shown this once.

    Example: mediaworks webhooks add https://example.org/hooks --event "media.*" --event job.failed
    """
    request = {
        "url": readable(url),
        "events": [readable(one) for one in event or ["*"]],
        "description": readable(description),
        "scope": "all" if everybody else "own",
    }
    with connected(service) as client:
        made = answer_of(client.post(PATH, json=request))
    print_outcome(made, f"{made['secret']}\n[dim]It is not shown again; the webhook's id is {made['id']}[/]", json=json)
