"""`mediaworks events sinks`"""

from __future__ import annotations

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.listing import show
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson

COLUMNS = ("name", "sequence", "behind", "delivering", "failing_since", "error")


def sinks(*, service: ServiceOptions, json: AsJson = False) -> None:
    """Show where events go, how far each place is behind, and what is wrong there. For administrators.

    Example: mediaworks events sinks
    """
    with connected(service) as client:
        found = answer_of(client.get("/api/v1/events/sinks"))
    show(found, COLUMNS, json=json)
