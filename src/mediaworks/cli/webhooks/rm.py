"""`mediaworks webhooks rm`"""

from __future__ import annotations

from mediaworks.cli.client import connected, require_success
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_outcome
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
        require_success(client.delete(f"{PATH}/{webhook_id}"))
    print_outcome(
        {"id": str(webhook_id), "removed": True}, f"[green]✓[/] {webhook_id} hears of nothing any more", json=json
    )
