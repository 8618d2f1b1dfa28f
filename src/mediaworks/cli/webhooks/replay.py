"""`mediaworks webhooks replay`"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_outcome
from mediaworks.cli.webhooks.arguments import PATH, WebhookId
from mediaworks.cli.webhooks.moments import parse_moment

Moment = "A span back from now (12h, 30d, 8w) or a moment (2027-01-01T00:00:00Z)."


def replay(
    webhook_id: WebhookId,
    since: Annotated[str | None, typer.Option(help=Moment)] = None,
    until: Annotated[str | None, typer.Option(help=Moment)] = None,
    event: Annotated[list[UUID] | None, typer.Option(help="Id of an event; may be given again.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only what was given up.")] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Deliver past events again, with the ids that they had.

    Example: mediaworks webhooks replay 0190… --since 12h
    """
    now = datetime.now(UTC)
    request = {
        "since": since and parse_moment("--since", since, now=now).isoformat(),
        "until": until and parse_moment("--until", until, now=now).isoformat(),
        "event_ids": [str(one) for one in event] if event else None,
        "only_failed": failed,
    }
    with connected(service) as client:
        result = answer_of(client.post(f"{PATH}/{webhook_id}/replay", json=request))
    print_outcome(result, f"[green]✓[/] {result['queued']} events are on their way again", json=json)
