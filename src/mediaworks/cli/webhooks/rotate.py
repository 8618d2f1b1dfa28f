"""`mediaworks webhooks rotate`"""

from __future__ import annotations

from typing import Annotated

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_outcome
from mediaworks.cli.webhooks.arguments import PATH, WebhookId


def rotate(
    webhook_id: WebhookId,
    overlap: Annotated[float, typer.Option(help="For how many hours the old secret signs beside the new one.")] = 24,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Give a webhook another secret, which is shown this once.

    Example: mediaworks webhooks rotate 0190… --overlap 2
    """
    with connected(service) as client:
        made = answer_of(client.post(f"{PATH}/{webhook_id}/rotate-secret", json={"overlap_hours": overlap}))
    print_outcome(
        made,
        f"{made['secret']}\n[dim]It is not shown again; the old one signs for {overlap:g} hours more[/]",
        json=json,
    )
