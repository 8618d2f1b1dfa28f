"""`mediaworks webhooks rm`"""

from __future__ import annotations

from mediaworks.cli.client import connected, problem_of
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, print_json, wants_json
from mediaworks.cli.webhooks.arguments import PATH, WebhookId


def rm(
    webhook_id: WebhookId,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Remove a webhook, with its log and what it has not taken yet.

    Example: mediaworks webhooks rm 0190…
    """
    with connected(service) as client:
        answer = client.delete(f"{PATH}/{webhook_id}")
    if not answer.is_success:
        raise problem_of(answer)
    if wants_json(json):
        print_json({"id": str(webhook_id), "removed": True})
    else:
        console().print(f"[green]✓[/] {webhook_id} hears of nothing any more")
