"""`mediaworks key ls`"""

from __future__ import annotations

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.listing import show
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson

COLUMNS = ("id", "prefix", "name", "scopes", "expires_at", "revoked_at", "last_used_at")


def ls(*, service: ServiceOptions, json: AsJson = False) -> None:
    """List keys: yours, or everybody's for an administrator.

    Example: mediaworks key ls
    """
    with connected(service) as client:
        found = answer_of(client.get("/api/v1/keys"))
    show(found, COLUMNS, json=json)
