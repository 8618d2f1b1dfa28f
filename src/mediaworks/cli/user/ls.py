"""`mediaworks user ls`"""

from __future__ import annotations

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.listing import show
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson

COLUMNS = ("id", "name", "role", "used_bytes", "quota_bytes")


def ls(*, service: ServiceOptions, json: AsJson = False) -> None:
    """List users.

    Example: mediaworks user ls
    """
    with connected(service) as client:
        found = answer_of(client.get("/api/v1/users"))
    show(found, COLUMNS, json=json)
