"""`mediaworks webhooks show`"""

from __future__ import annotations

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_json, print_table, wants_json
from mediaworks.cli.webhooks.arguments import PATH, WebhookId
from mediaworks.cli.webhooks.ls import state_of


def show(
    webhook_id: WebhookId,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Show one webhook, and whether it is asked.

    Example: mediaworks webhooks show 0190…
    """
    with connected(service) as client:
        found = answer_of(client.get(f"{PATH}/{webhook_id}"))
    if wants_json(json):
        print_json(found)
        return
    facts = found | {"events": ", ".join(found["events"]), "state": state_of(found)}
    names = ("id", "url", "events", "scope", "description", "state", "created_at", "user_id")
    print_table(("what", ""), ((name, str(facts[name])) for name in names))
