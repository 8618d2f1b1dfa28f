"""`mediaworks webhooks deliveries`"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.pages import Cursor, Limit, collect, print_page
from mediaworks.cli.webhooks.arguments import PATH, WebhookId

COLUMNS = ("id", "event", "object", "state", "tries", "last attempt")


def deliveries(
    webhook_id: WebhookId,
    state: Annotated[str | None, typer.Option(help="pending, delivered, failed.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """The log of a webhook: what became of each event, the newest first.

    Example: mediaworks webhooks deliveries 0190… --state failed
    """
    query = {name: value for name, value in (("state", state), ("cursor", cursor)) if value is not None}
    with connected(service) as client:
        found, following = collect(client, f"{PATH}/{webhook_id}/deliveries", query, limit)
    print_page(found, following, COLUMNS, _row, whole={"id", "event", "state"}, json=json)


def _row(delivery: dict[str, Any]) -> tuple[str, ...]:
    last = delivery["attempts"][-1] if delivery["attempts"] else None
    outcome = "" if last is None else last["error"] or f"{last['status']} in {last['duration_ms']} ms"
    return delivery["id"], delivery["type"], delivery["subject"], delivery["state"], str(delivery["tries"]), outcome
