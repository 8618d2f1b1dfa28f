"""`mediaworks webhooks test`"""

from __future__ import annotations

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, plain, print_json, wants_json
from mediaworks.cli.webhooks.arguments import PATH, WebhookId


def ping(
    webhook_id: WebhookId,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Send a webhook a test now, and show what came back; exit code 1 when it did not take it.

    Example: mediaworks webhooks test 0190…
    """
    with connected(service) as client:
        result = answer_of(client.post(f"{PATH}/{webhook_id}/test"))
    attempt = result["attempt"]
    if wants_json(json):
        print_json(result)
    elif result["delivered"]:
        console().print(f"[green]✓[/] answered {attempt['status']} in {attempt['duration_ms']} ms", soft_wrap=True)
    else:
        console().print(f"[red]✗[/] {plain(attempt['error'])}  {plain(attempt['answer'] or '')}", soft_wrap=True)
    if not result["delivered"]:
        raise typer.Exit(1)
