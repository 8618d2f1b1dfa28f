"""`mediaworks group ls`"""

from __future__ import annotations

from mediaworks.cli.client import connected
from mediaworks.cli.listing import show
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.pages import collect

COLUMNS = ("id", "name", "created_at")


def ls(*, service: ServiceOptions, json: AsJson = False) -> None:
    """List groups: those you are in, or all of them for administrators and services.

    Example: mediaworks group ls
    """
    with connected(service) as client:
        found, _ = collect(client, "/api/v1/groups", {}, None)
    show({"items": found}, COLUMNS, json=json)
